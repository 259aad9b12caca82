import { TRL_OBJECTIVES } from "#interop/import/class-names.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/tools/hugging-face/harmless-arguments.ts";
import { harmlessOf } from "./called.ts";

/** A trainer’s call; PatchDPOTrainer makes none. */
export const TRAINERS = /^(?!Patch)\w*Trainer$/;

const CONFIG_CALLS = [
  ...TRL_OBJECTIVES.map((name) => `${name}Config`),
  "TrainingArguments",
  "Seq2SeqTrainingArguments",
  "SentenceTransformerTrainingArguments",
  "UnslothTrainingArguments",
];

/** What TRL's configs have beside transformers', of data, of rewards and of how answers are drawn. @see trl@f2cd5771:trl/trainer */
const OF_TRL: readonly string[] = [
  "dataset_text_field",
  "dataset_kwargs.",
  "dataset_kwargs",
  "model_init_kwargs.",
  "gradient_checkpointing_kwargs.",
  "batch_sampler",
  "prompts.",
  "dataset_num_proc",
  "dataset_batch_size",
  "chat_template_path",
  "eos_token",
  "pad_token",
  "truncation_mode",
  "shuffle_dataset",
  "pad_to_multiple_of",
  "packing_strategy",
  "eval_packing",
  "completion_only_loss",
  "assistant_only_loss",
  "skip_prepare_dataset",
  "neftune_noise_alpha",
  "beta",
  "loss_type",
  "label_pad_token_id",
  "desirable_weight",
  "undesirable_weight",
  "rpo_alpha",
  "simpo_gamma",
  "max_prompt_length",
  "max_completion_length",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "repetition_penalty",
  "epsilon",
  "epsilon_high",
  "delta",
  "scale_rewards",
  "reward_weights",
  "num_iterations",
  "steps_per_generation",
  "generation_batch_size",
  "num_generations",
  "mask_truncated_completions",
  "importance_sampling_level",
  "log_completions",
  "num_completions_to_print",
  "use_vllm",
  "vllm_mode",
  "vllm_sampling_params",
  "vllm_gpu_memory_utilization",
  "vllm_importance_sampling_correction",
  "shuffle",
  "embedding_learning_rate",
  "model_init_kwargs",
  "center_rewards_coefficient",
  "remove_unused_columns",
];

/** Arguments of configs that change no memory of a step. */
export const HARMLESS_OF_SCRIPTS: readonly string[] = [
  ...harmlessOf(CONFIG_CALLS, [...HARMLESS_ARGUMENTS, ...OF_TRL, "gradient_checkpointing"]),
  "tokenizer.max_length",
];

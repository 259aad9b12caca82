// Readers of TRL's YAML and commands, padding-free rows, and the fields without effect on memory.

import {
  type Finding,
  fieldOf,
  type Source,
  takeFlag,
  defaultsOf,
  type FieldRule,
  isNone,
  readAs,
  readFields,
  takeNumber,
  wordOf,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/fields/harmless-arguments.ts";
import { HARMLESS_OF_BITS } from "#interop/import/fields/bitsandbytes.ts";
import { harmlessOfFsdp } from "#interop/import/fields/fsdp.ts";
import { HARMLESS_OF_DEEPSPEED } from "#interop/import/tools/deepspeed.ts";
import { readModel } from "#interop/import/named-model.ts";
import { readAutocast, takeAttention, takeDtype } from "#interop/import/fields/field-values.ts";
import { readTrainingArguments } from "#interop/import/fields/training-arguments.ts";
import { readTrlLaunch, readTrlMethod, isTrlCommand, MODEL_NAMES } from "./trl-method.ts";
import { readTrlObjective } from "./trl-objective.ts";
import { withLauncher } from "#interop/import/tools/launcher.ts";

/** Rows in one line without padding are as those that are packed. @see trl@f2cd5771:trl/trainer/sft_config.py:241 */
export const readPaddingFree = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "padding_free");
  if (field === undefined) return [];
  const taken = takeFlag(field.value);
  if (taken === "1") return [{ kind: "read", field, key: "packing", text: "1" }];
  return taken === null || typeof taken === "string"
    ? [{ kind: "ignored", field, sentence: "It is off." }]
    : [{ kind: "not-modelled", field, sentence: taken.notModelled }];
};

/** Of the model and adapters. @see trl@f2cd5771:trl/trainer/model_config.py */
const MODEL: readonly string[] = [
  "model_revision",
  "model_code_revision",
  "trust_remote_code",
  "dtype",
  "torch_dtype",
  "use_peft",
  "lora_task_type",
  "use_rslora",
  "lora_r",
  "lora_alpha",
  "lora_dropout",
  "lora_target_modules",
  "lora_modules_to_save",
  "use_dora",
  "use_bnb_nested_quant",
  "tokenizer_name_or_path",
  "model_init_kwargs.",
  "model_init_kwargs",
];

/** Of data. @see trl@f2cd5771:trl/scripts/utils.py, trl/trainer/sft_config.py; alignment-handbook@925acdfe:src/alignment/configs.py */
const DATA: readonly string[] = [
  "dataset_name",
  "dataset_config",
  "dataset_train_split",
  "dataset_test_split",
  "dataset_streaming",
  "dataset_text_field",
  "dataset_kwargs",
  "dataset_kwargs.",
  "dataset_num_proc",
  "dataset_batch_size",
  "dataset_mixer",
  "dataset_mixer.",
  "dataset_mixture",
  "dataset_mixture.",
  "dataset_splits",
  "dataset_configs",
  "datasets",
  "datasets.",
  "columns",
  "split",
  "streaming",
  "test_split_size",
  "auto_insert_empty_system_msg",
  "preprocessing_num_workers",
  "text_column",
  "chat_template",
  "chat_template_path",
  "chat_template_kwargs",
  "chat_template_kwargs.",
  "chars_per_token",
  "num_of_sequences",
  "eos_token",
  "pad_token",
  "truncation_mode",
  "truncation_side",
  "shuffle_dataset",
  "packing_strategy",
  "eval_packing",
  "pad_to_multiple_of",
  "completion_only_loss",
  "assistant_only_loss",
  "train_on_responses_only",
  "max_train_samples",
  "max_eval_samples",
  "max_samples",
  "ignore_bias_buffers",
  "decontaminate",
];

/** Of other objectives, in so far as they change no memory. */
const OBJECTIVES: readonly string[] = [
  "disable_dropout",
  "label_pad_token_id",
  "padding_value",
  "is_encoder_decoder",
  "generate_during_eval",
  "model_adapter_name",
  "ref_adapter_name",
  "reference_free",
  "label_smoothing",
  "ref_model_mixup_alpha",
  "ref_model_sync_steps",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "repetition_penalty",
  "reward_weights",
  "scale_rewards",
  "epsilon",
  "epsilon_high",
  "mask_truncated_completions",
  "log_completions",
  "num_completions_to_print",
  "logging_completions",
  "system_prompt",
  "wandb_entity",
  "wandb_project",
  "wandb_run_group",
  "overwrite_hub_revision",
  "push_to_hub_revision",
  "hub_model_revision",
  "benchmarks",
  "callbacks",
  "cosine_min_value_wrong",
];

/** Of the launcher. */
const LAUNCH: readonly string[] = [
  "command",
  "env",
  "env.",
  "accelerate_config",
  "config",
  "config_file",
  "num_machines",
  "machine_rank",
  "main_process_ip",
  "main_process_port",
  "main_training_function",
  "num_processes",
  "nproc_per_node",
  "NPROC_PER_NODE",
  "nnodes",
  "node_rank",
  "master_addr",
  "master_port",
  "rdzv_backend",
  "CUDA_VISIBLE_DEVICES",
  "ACCELERATE_LOG_LEVEL",
  "WANDB_PROJECT",
  "HF_HUB_ENABLE_HF_TRANSFER",
  "TOKENIZERS_PARALLELISM",
  "OMP_NUM_THREADS",
  "fsdp",
  "fsdp_config",
  "deepspeed",
];

/** Fields of TRL, of the Trainer under it and of the launcher that change nothing of a step's memory. */
const HARMLESS_OF_TRL: readonly string[] = [
  ...HARMLESS_ARGUMENTS,
  ...HARMLESS_OF_BITS,
  ...MODEL,
  ...DATA,
  ...OBJECTIVES,
  ...LAUNCH,
  ...harmlessOfFsdp("fsdp_config"),
  ...HARMLESS_OF_DEEPSPEED.map((name) => `deepspeed.${name}`),
];

const standsIn = defaultsOf("TRL's default (1.10, *).");

/** TRL checkpoints unless it is told otherwise, unlike the Trainer. @see trl@f2cd5771:trl/trainer/base_config.py:61 */
const DEFAULTS = { ckpt: standsIn("1", "trainer/base_config.py:61") };

/** @see trl@f2cd5771:trl/trainer/sft_config.py (lines 225, 296) */
const RULES: readonly FieldRule[] = [
  {
    field: ["attn_implementation", "model_init_kwargs.attn_implementation"],
    key: "attn",
    take: takeAttention,
  },
  { field: "packing", key: "packing", take: takeFlag, otherwise: standsIn("0", "trainer/sft_config.py:225") },
  { field: "activation_offloading", key: "actoffload", take: takeFlag },
];

/** The type of the weights. `auto` is the checkpoint's own. @see trl@f2cd5771:trl/trainer/model_config.py:89 */
const readWeights = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["dtype", "torch_dtype", "model_init_kwargs.dtype", "model_init_kwargs.torch_dtype"]);
  return field === undefined || field.value === null
    ? [{ kind: "assumed", key: "weights", ...standsIn("fp32", "trainer/model_config.py:89") }]
    : readAs(field, "weights", takeDtype(field.value));
};

/** How long rows of plain fine-tuning are. @see trl@f2cd5771:trl/trainer/sft_config.py:205 */
const readLength = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["max_length", "max_seq_length"]);
  if (field !== undefined && isNone(field.value)) return [{ kind: "uncut", field }];
  if (field !== undefined) return readAs(field, "seq", takeNumber(field.value));
  return [{ kind: "assumed", key: "seq", ...standsIn("1024", "trainer/sft_config.py:205") }];
};

/** Fields that TRL's scripts have, and those of others do not. @see trl@f2cd5771:trl/scripts/utils.py, trl/trainer/model_config.py, sft_config.py */
const OWN_FIELDS = [
  "use_peft",
  "lora_task_type",
  "use_bnb_nested_quant",
  "dataset_text_field",
  "dataset_mixer",
  "dataset_mixture",
  "packing",
  "padding_free",
  "max_prompt_length",
  "max_completion_length",
  "completion_only_loss",
  "assistant_only_loss",
  "loss_type",
  "num_generations",
  "activation_offloading",
] as const;

/** A command is TRL's by its words, or by a field of its own: the names of the model and of the Trainer's arguments are in many a script. */
const isOfTrl = (source: Source): boolean => {
  if (source.format !== "command") return source.fields.has("model_name_or_path");
  return (
    isTrlCommand(wordOf(fieldOf(source, "command")?.value ?? "")) ||
    (source.fields.has("model_name_or_path") && OWN_FIELDS.some((name) => source.fields.has(name)))
  );
};

/** TRL's scripts, by YAML or on a command line, and recipes of the Alignment Handbook. @see trl@f2cd5771 (1.10.0.dev0):trl/scripts/, trl/trainer/ */
export const TRL_READER: ToolReader = {
  id: "trl",
  name: "TRL 1.10",
  stack: "trl",
  says: "run",
  recognises: isOfTrl,
  read: (source, { catalog }) => {
    const model = readModel(fieldOf(source, MODEL_NAMES), catalog);
    const objective = readTrlObjective(source, { catalog, findings: model });
    return [
      ...model,
      ...readTrlMethod(source),
      ...(objective.isCounted ? [] : readLength(source)),
      ...readTrainingArguments(source, DEFAULTS),
      ...readAutocast(source),
      ...readFields(source, RULES),
      ...readPaddingFree(source),
      ...readWeights(source),
      ...objective.findings,
      ...readTrlLaunch(source),
    ];
  },
  harmless: HARMLESS_OF_TRL,
};

/** TRL's scripts on a command line, with what launches them. */
export const TRL_COMMAND_READER: ToolReader = withLauncher(TRL_READER);

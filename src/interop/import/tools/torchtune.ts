import type { Finding } from "#interop/import/finding.ts";
import type { Source } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { interpolated } from "./torchtune/interpolated.ts";
import { readBuilder, readTuneMethod } from "./torchtune/tune-method.ts";
import { readTuneOptimizer } from "./torchtune/tune-optimizer.ts";
import { readTuneRecipe } from "./torchtune/tune-recipe.ts";
import { readTuneStep } from "./torchtune/tune-step.ts";

const NO_TRAINING =
  "The file has neither an optimizer nor a loss: it evaluates, quantises or generates, and trains nothing.";

/** Sections and fields that change nothing of a step's memory where no finding is about them. */
const HARMLESS =
  `tokenizer. checkpointer. ref_checkpointer. ref_policy_checkpointer. value_checkpointer. reward_checkpointer. teacher_checkpointer.
dataset. dataset_val. dataset_val metric_logger. profiler. lr_scheduler. loss. kd_loss. optimizer. tensor_parallel_plan. quantizer. output_dir output_path name
base_model_path seed shuffle epochs max_steps_per_epoch num_steps run_val_every_n_steps batch_size_val resume_from_checkpoint save_adapter_weights_only
save_every_n_epochs save_every_n_steps device log_every_n_steps log_peak_memory_stats log_level clip_grad_norm collate_fn low_cpu_ram optimizer_in_bwd ac_mode
ac_option compile memory_efficient_fsdp_wrap data_parallel_shard_dim fsdp_cpu_offload use_distributed_state_dict cudnn_deterministic_mode enable_async_checkpointing
temperature top_k max_generated_tokens ppo_epochs ppo_batch_size gamma lmbda kl_coeff whiten_rewards penalise_no_eos reward_penalty min_response_length
stop_token_ids enable_kv_cache model.quantize_base model.use_dora model.apply_lora_to_output model.apply_lora_to_mlp model.lora_rank model.lora_alpha
model.lora_dropout model.lora_attn_modules policy_model. model.decoder_trainable model.fusion_trainable teacher_model. reward_and_value_model. data. optim enable_loss_parallel
lr lr_warmup_steps dataset_seed keep_last_n_checkpoints keep_best_checkpoint
dataloader. datasets reward_functions fsdp. model.vocab_size model.num_layers model.num_heads model.num_kv_heads model.embed_dim model.max_seq_len
model.attn_dropout model.norm_eps model.intermediate_dim`.split(/\s+/);

const isComponent = ({ path, value }: Readonly<{ path: string; value: unknown }>): boolean =>
  path.endsWith("_component_") && typeof value === "string" && value.startsWith("torchtune.");

/** What a config of a run that trains says, with references between its fields. */
export const readTuneRun = (given: Source): readonly Finding[] => {
  const source = interpolated(given);
  return [
    ...readBuilder(source),
    ...readTuneMethod(source),
    ...readTuneStep(source),
    ...readTuneOptimizer(source),
    ...readTuneRecipe(source),
  ];
};

const trains = ({ fields }: Source): boolean => fields.has("optimizer._component_") || fields.has("loss._component_");

/** torchtune's YAML, which OmegaConf reads. @see torchtune@bd2a0fc7 (0.6):recipes/ */
export const TORCHTUNE_READER: ToolReader = {
  id: "torchtune",
  name: "torchtune 0.6",
  stack: "torchtune",
  says: "run",
  recognises: ({ fields }) =>
    [...fields.values()].some((field) => isComponent({ path: field.path, value: wordOf(field.value) })),
  read: (source) => (trains(source) ? readTuneRun(source) : [{ kind: "refused", field: null, sentence: NO_TRAINING }]),
  harmless: HARMLESS,
};

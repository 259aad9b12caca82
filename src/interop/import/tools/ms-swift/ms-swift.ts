// Reader of ms-swift's commands and files, and the fields that are not estimated.

import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  wordOf,
  isOnField,
  isPositive,
  isSet,
  type Unmodelled,
  type FieldRule,
  readFields,
  type PlainValue,
  type SourceField,
  takeFlag,
  takeNumber,
  readUnmodelled,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { HARMLESS_OF_BITS } from "#interop/import/fields/bitsandbytes.ts";
import { HARMLESS_ARGUMENTS } from "#interop/import/fields/harmless-arguments.ts";
import { HARMLESS_OF_LAUNCHERS, processesOf, readAllocator, readNamedFile } from "#interop/import/tools/launcher.ts";
import { ownValue } from "#calc/base/guards.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { catalogModel, readModel } from "#interop/import/named-model.ts";
import { countedAsTrl } from "#interop/import/fields/trl-runs.ts";
import { readTrainingArguments } from "#interop/import/fields/training-arguments.ts";
import { takeAttention, takeDtype } from "#interop/import/fields/field-values.ts";
import { readSwiftAdapters, readSwiftMethod, swiftDefault } from "./ms-swift-method.ts";
import { readSwiftAccumulation, readSwiftSharing } from "./ms-swift-sharing.ts";
import { readSwiftObjective, SWIFT_RUNS, swiftObjective } from "./ms-swift-objective.ts";

const OTHER = "GaLore beside this optimizer is not known here: what is projected is not counted.";

/** GaLore around AdamW, whose projections have a rank of 128 by itself. @see ms-swift@3602360a:swift/optimizers/galore/utils.py, get_optimizer; trainers/arguments.py:193 */
const readGalore = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "use_galore");
  if (field === undefined) return [];
  if (!isOn(field.value)) return [{ kind: "ignored", field, sentence: "It is off." }];
  const optim = wordOf(fieldOf(source, "optim")?.value ?? "adamw_torch");
  return /^adamw_torch(_fused)?$/.test(optim)
    ? [{ kind: "read", field, key: "optim", text: "galore_adamw" }]
    : [{ kind: "not-modelled", field, sentence: OTHER }];
};

/** Data, templates, answers, saving, and what else of ms-swift's changes no memory of a step. @see ms-swift@3602360a:swift/arguments/ */
const OF_SWIFT =
  `model_type model_revision model_name model_author model_kwargs use_hf hub_token task_type dataset val_dataset cached_dataset
cached_val_dataset split_dataset_ratio data_seed dataset_num_proc dataset_shuffle val_dataset_shuffle load_from_cache_file streaming
interleave_prob stopping_strategy shuffle_buffer_size download_mode columns strict remove_unused_columns custom_dataset_info custom_register_path
external_plugins template system truncation_strategy loss_scale agent_template use_chat_template template_backend template_mode response_prefix
padding_side enable_thinking add_non_thinking_prefix response_length norm_bbox load_args load_data_args save_only_model add_version
create_checkpoint_symlink output_dir lazy_tokenize packing_cache packing_length packing_num_proc group_by_length acc_strategy loss_type
enable_dft_loss enable_channel_loss metric eval_metric callbacks max_epochs early_stop_interval merge_lora safe_serialization max_shard_size
check_model logging_first_step report_to swanlab_project swanlab_exp_name swanlab_token swanlab_mode init_weights use_rslora lorap_lr_ratio
vit_lr aligner_lr adapters ref_adapters resume_only_model ignore_args_error local_repo_path init_strategy rope_scaling max_model_len
zero_hpz_partition_size deepspeed_autotp_size tuner_backend num_generations max_completion_length temperature top_p top_k repetition_penalty
max_new_tokens stop_words stream infer_backend val_dataset_sample log_completions reward_funcs reward_weights reward_model_plugin beta rpo_alpha
cpo_alpha simpo_gamma desirable_weight undesirable_weight lmbda seq_kd sft_alpha ld_alpha loss_weights epsilon epsilon_high delta tau_pos tau_neg
num_iterations steps_per_generation generation_batch_size dynamic_sample overlong_filter max_resample_times scale_rewards kl_in_reward
advantage_estimator importance_sampling_level multi_turn_scheduler max_turns completion_length_limit_scope async_generate sleep_level
move_model_batches vllm_mode vllm_server_host vllm_server_port vllm_server_base_url vllm_server_timeout vllm_server_pass_dataset
vllm_gpu_memory_utilization vllm_tensor_parallel_size vllm_pipeline_parallel_size vllm_data_parallel_size vllm_max_model_len vllm_enforce_eager
vllm_enable_prefix_caching vllm_enable_lora vllm_max_num_seqs vllm_limit_mm_per_prompt vllm_use_async_engine write_batch_size result_path
problem_type to_cached_dataset predict_with_generate metric_for_best_model greater_is_better label_names dataloader_num_workers
gradient_checkpointing_kwargs use_gym_env log_entropy top_entropy_quantile log_rollout_offpolicy_metrics teacher_deepspeed teacher_model_server
gkd_logits_topk teacher_adapters port max_batch_size served_model_name bnb_4bit_compute_dtype hqq_axis 
ENABLE_AUDIO_OUTPUT 
SYSTEM_PROMPT MODELSCOPE_CACHE USE_HF INFONCE_TEMPERATURE INFONCE_MASK_FAKE_NEGATIVE INFONCE_INCLUDE_QQ INFONCE_INCLUDE_DD MAX_NEGATIVE_SAMPLES
max_position_embeddings offload_model offload_optimizer NNODES NODE_RANK ASCEND_RT_VISIBLE_DEVICES
TASK_QUEUE_ENABLE CPU_AFFINITY_CONF eval_use_evalscope eval_dataset eval_limit quant_method galore_scale
galore_update_proj_gap llamapro_num_new_blocks reft_intervention_type lora_ga_batch_size
lora_ga_iters lora_ga_max_length lora_ga_direction lora_ga_scale lora_ga_stable_gamma chord_sft_per_device_train_batch_size chord_sft_dataset
chord_enable_phi_function chord_mu_warmup_steps chord_mu_decay_steps chord_mu_peak chord_mu_valley fipo_decay_rate fipo_clip_range
fipo_clip_high_only fipo_safety_threshold lisa_step_interval train_dataloader_shuffle lora_rank adalora_target_r adalora_tinit adalora_tfinal
adalora_deltaT adalora_beta1 adalora_beta2 adalora_orth_reg_weight vera_projection_prng_key vera_dropout vera_d_initial template_type
check_dataset_strategy train_dataset_sample custom_train_dataset_path custom_val_dataset_path bnb_4bit_comp_dtype
save_strategy self_cognition_sample add_output_dir_suffix disable_tqdm push_hub_strategy hub_private_repo`.split(/\s+/);

/** Sections of JSON among flags. */
const SECTIONS = [
  "gradient_checkpointing_kwargs.",
  "model_kwargs.",
  "rope_scaling.",
  "lr_scheduler_kwargs.",
  "teacher_deepspeed.",
  "columns.",
  "eval_dataset_args.",
  "extra_eval_args.",
];

const HARMLESS_OF_SWIFT: readonly string[] = [
  ...OF_SWIFT,
  ...SECTIONS,
  ...HARMLESS_ARGUMENTS,
  ...HARMLESS_OF_BITS,
  ...HARMLESS_OF_LAUNCHERS,
];

/** What flags of ms-swift 2 are called today. @see ms-swift@546e6dc7 (2.6):swift/llm/utils/argument.py */
const NAMES: Readonly<Record<string, string>> = {
  model_id_or_path: "model",
  batch_size: "per_device_train_batch_size",
  eval_batch_size: "per_device_eval_batch_size",
  lora_dropout_p: "lora_dropout",
  lora_modules_to_save: "modules_to_save",
};

/** A command with flags of ms-swift 2 under today's names; each field is still listed by its own. */
const withOldNames = (source: Source): Source => ({
  ...source,
  fields: new Map([
    ...[...source.fields].flatMap(([name, field]) => {
      const now = ownValue(NAMES, name);
      return now === undefined ? [] : [[now, field] as const];
    }),
    ...source.fields,
  ]),
});

const OWN = "ms-swift's default (4.6, trainers/mixin.py, _fix_gradient_checkpointing)";

/** Whether DeepSpeed or FSDP shares the run. */
const isShared = (sharding: readonly Finding[]): boolean =>
  sharding.some((found) => found.kind === "read" && found.key === "shard" && found.text !== "ddp") ||
  sharding.some((found) => found.kind === "not-modelled" && found.names !== undefined);

/**
 * How checkpoints run where nothing says it: reentrant, unless several processes each have all of the model.
 *
 * @see ms-swift@3602360a:swift/trainers/mixin.py, _fix_gradient_checkpointing
 */
const readReentrance = (source: Source, sharding: readonly Finding[]): readonly Finding[] => {
  const checkpoints = fieldOf(source, "gradient_checkpointing");
  const isOff = checkpoints !== undefined && checkpoints.value !== null && !isOn(checkpoints.value);
  // Unsloth checkpoints by a way of its own.
  if (isOff || fieldOf(source, "tuner_backend")?.value === "unsloth") return [];
  const isCopied = processesOf(source) !== undefined && !isShared(sharding);
  const sentence = isCopied
    ? `${OWN}: checkpoints are not reentrant where processes have copies.`
    : `${OWN}: checkpoints are reentrant.`;
  return [{ kind: "assumed", key: "reentrant", text: isCopied ? "0" : "1", sentence }];
};

const isOff = (value: unknown): boolean => value === false || value === "false";

/** What changes memory and no key says. @see ms-swift@3602360a:swift/arguments/ */
const UNMODELLED_OF_SWIFT: readonly Unmodelled[] = [
  {
    field: "task_type",
    when: (value) => isSet(value) && value !== "causal_lm",
    sentence: "Another task than next tokens: the head and the loss are others than are counted.",
  },
  { field: "num_labels", when: isSet, sentence: "A head of so many classes stands in the place of the vocabulary's." },
  {
    field: "freeze_vit",
    when: isOff,
    sentence: "The vision part is trained, too: neither it nor its activations are counted.",
  },
  {
    field: "freeze_aligner",
    when: isOff,
    sentence: "The part between pictures and text is trained, too: it is not counted.",
  },
  { field: "freeze_llm", when: isOnField, sentence: "The language model is not trained: it is counted as trained." },
  {
    field: ["freeze_parameters", "freeze_parameters_ratio", "freeze_parameters_regex"],
    when: (value) => isSet(value) && value !== 0,
    sentence: "Some parameters are not trained: all are counted as trained.",
  },
  {
    field: ["trainable_parameters", "trainable_parameters_regex"],
    when: isSet,
    sentence: "Only what is named is trained, which no key says.",
  },
  {
    field: "galore_optim_per_parameter",
    when: isOnField,
    sentence: "An optimizer for each parameter steps within backward: gradients of all of them are counted.",
  },
  {
    field: "galore_rank",
    when: (value) => isSet(value) && value !== 128,
    sentence: "Projections of another rank than 128, which is counted.",
  },
  { field: "galore_quantization", when: isOnField, sentence: "Projections in 8 bits are counted in 16." },
  {
    field: "CELOSS_PARALLEL_SIZE",
    when: isPositive,
    sentence:
      "Beside a shared sequence the loss is computed for so many tokens at a time: it is counted for all at once.",
  },
  {
    field: "lisa_activated_layers",
    when: isPositive,
    sentence: "A few layers at a time are trained: all are counted.",
  },
  {
    field: "optimizer",
    when: isSet,
    sentence: "An optimizer of ms-swift's own plugins, whose states are not known here.",
  },
  { field: "use_logits_to_keep", when: isOnField, sentence: "Logits of answers alone are made: all are counted." },
  { field: "new_special_tokens", when: isSet, sentence: "The vocabulary grows by some rows, which are not counted." },
  {
    field: "router_aux_loss_coef",
    when: isPositive,
    sentence: "The loss of routers keeps their logits, which are not counted.",
  },
  { field: "target_regex", when: isSet, sentence: "A regular expression chooses modules: all linears are counted." },
  { field: "target_parameters", when: isSet, sentence: "Adapters on single parameters (experts): no key says which." },
  { field: "use_swift_lora", when: isOnField, sentence: "ms-swift's own LoRA is not known here: PEFT's is counted." },
  {
    field: "lora_bias",
    when: (value) => isSet(value) && value !== "none",
    sentence: "Biases are trained, too: their gradients and states are not counted.",
  },
  { field: "device_map", when: isSet, sentence: "Layers are spread over devices by one process: no key says that." },
  { field: "max_memory", when: isSet, sentence: "Layers are spread over devices by one process: no key says that." },
  {
    field: "experts_impl",
    when: isSet,
    sentence: "How experts are multiplied changes what they keep: the stack's way is counted.",
  },
  {
    field: "neftune_noise_alpha",
    when: isPositive,
    sentence: "Noise on embeddings takes one more tensor of their size.",
  },
  { field: "use_flash_ckpt", when: isOnField, sentence: "Checkpoints pass through host memory." },
];

const COMMAND = /\b(swift|megatron)\b.*\b(sft|pt|rlhf)\b/;

/** ms-swift's own words for FlashAttention, beside transformers'. */
const takeAttnImpl = (value: PlainValue) => (wordOf(value).startsWith("flash_attn") ? "flash" : takeAttention(value));

/** @see ms-swift@3602360a:swift/arguments/base_args/template_args.py:130, base_args.py:105, model_args.py:74 */
const RULES: readonly FieldRule[] = [
  { field: "max_length", key: "seq", take: takeNumber, isLength: true },
  { field: "attn_impl", key: "attn", take: takeAttnImpl },
  { field: "use_flash_attn", key: "attn", take: (value) => (isOn(value) ? "flash" : null) },
  { field: ["torch_dtype", "dtype"], key: "weights", take: takeDtype },
];

/** Rows after one another without padding, whether as long as `max_length` or not. @see ms-swift@3602360a:swift/arguments/base_args/template_args.py:139 */
const readPacking = (source: Source): readonly Finding[] => {
  const [packing, free] = [fieldOf(source, "packing"), fieldOf(source, "padding_free")];
  if (packing !== undefined && isOn(packing.value))
    return [
      { kind: "read", field: packing, key: "packing", text: "1" },
      ...(free === undefined
        ? []
        : [{ kind: "ignored", field: free, sentence: "Packed rows have no padding." } as const]),
    ];
  if (free !== undefined) return [{ kind: "read", field: free, key: "packing", text: isOn(free.value) ? "1" : "0" }];
  return readFields(source, [
    {
      field: "packing",
      key: "packing",
      take: takeFlag,
      otherwise: swiftDefault("0", "arguments/base_args/base_args.py:105"),
    },
  ]);
};

/** Unsloth's code under ms-swift's flags. @see ms-swift@3602360a:swift/pipelines/train/tuner.py, prepare_adapter */
const readBackend = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "tuner_backend");
  return field?.value === "unsloth" ? [{ kind: "read", field, key: "stack", text: "unsloth" }] : [];
};

/** The model; of ms-swift 2 its type says which one where the path does not. */
const modelField = (source: Source, catalog: Catalog): SourceField | undefined => {
  const [model, type] = [fieldOf(source, "model"), fieldOf(source, "model_type")];
  const isKnown = (field: SourceField | undefined): boolean =>
    field !== undefined && catalogModel(wordOf(field.value), catalog) !== undefined;
  return !isKnown(model) && isKnown(type) ? type : model;
};

const MEGATRON = "Megatron-SWIFT trains with Megatron's own code, which is not known here.";

/** `swift sft` and its like, as commands and as files of the same fields. @see ms-swift@3602360a:swift/arguments/ */
export const MS_SWIFT_READER: ToolReader = {
  id: "ms-swift",
  name: "ms-swift 4.6",
  stack: "transformers",
  says: "run",
  recognises: ({ fields }) => {
    const command = fields.get("command");
    if (command !== undefined) return COMMAND.test(wordOf(command.value));
    return fields.has("model") && (fields.has("tuner_type") || (fields.has("train_type") && fields.has("torch_dtype")));
  },
  read: (given, { catalog }) => {
    const source = withOldNames(given);
    const sharing = readSwiftSharing(source);
    const command = fieldOf(source, "command");
    if (command !== undefined && /\bmegatron\b/.test(wordOf(command.value)))
      return [{ kind: "refused", field: command, sentence: MEGATRON }];
    const objective = swiftObjective(source);
    const findings: readonly Finding[] = [
      ...readModel(modelField(source, catalog), catalog),
      ...readNamedFile(source),
      ...readBackend(source),
      ...readSwiftMethod(source),
      ...readSwiftAdapters(source),
      ...readFields(
        source,
        // Prompts that completions are generated for are cut at it, which their reader says.
        RULES.filter(({ key }) => objective !== "grpo" || key !== "seq"),
      ),
      ...readTrainingArguments(
        source,
        {
          batch: swiftDefault("1", "trainers/arguments.py:129"),
          eval: swiftDefault("1", "trainers/arguments.py:130"),
          ckpt: swiftDefault("1", "trainers/arguments.py:134"),
        },
        { without: ["accum"] },
      ),
      ...readGalore(source),
      ...readSwiftAccumulation(source),
      ...readPacking(source),
      ...sharing,
      ...readReentrance(source, sharing),
      ...readAllocator(source),
      ...readSwiftObjective(source),
      ...readUnmodelled(source, UNMODELLED_OF_SWIFT),
    ];
    return objective === undefined ? findings : countedAsTrl(findings, objective, SWIFT_RUNS);
  },
  harmless: HARMLESS_OF_SWIFT,
};

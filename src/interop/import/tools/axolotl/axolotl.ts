// Reader of Axolotl's YAML: sharding and training step, and the fields that are not estimated.

import { harmlessOfFsdp, readFsdp, readStrategy, strategyOf } from "#interop/import/fields/fsdp.ts";
import { HARMLESS_OF_DEEPSPEED } from "#interop/import/tools/deepspeed.ts";
import { COMPILED, takeOptimizer, takeAttention } from "#interop/import/fields/field-values.ts";
import {
  isOnField,
  isPositive,
  isSet,
  isSeveral,
  type Unmodelled,
  type Finding,
  fieldOf,
  type Source,
  namesOf,
  numberOf,
  sectionOf,
  type FieldRule,
  isOn,
  readAs,
  readFields,
  type PlainValue,
  takeFlag,
  takeNumber,
  wordOf,
  readUnmodelled,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { JSONS_OF_AXOLOTL } from "#interop/import/fields/shipped-deepspeed.ts";
import { readDeepspeedField } from "#interop/import/fields/training-arguments.ts";
import { ownValue } from "#calc/base/guards.ts";
import { axolotlDefault, readAxolotlMethod } from "./axolotl-method.ts";
import { readModel } from "#interop/import/named-model.ts";
import { countedAsTrl } from "#interop/import/fields/trl-runs.ts";
import { readAxolotlRun, readAxolotlKernels, readAxolotlTypes } from "./axolotl-kernels.ts";
import { AXOLOTL_RUNS, axolotlObjective, readAxolotlObjective } from "./axolotl-objective.ts";

/** @see axolotl@067b021c:src/axolotl/utils/schemas/ */
const FIELDS = `eta_min adam_eps swanlab_project swanlab_experiment_name swanlab_description swanlab_mode swanlab_log_completions
swanlab_completion_log_interval swanlab_completion_max_buffer swanlab_workspace swanlab_log_model base_model_ignore_patterns gptq_disable_exllama
strict resume_from_checkpoint auto_resume_from_checkpoints mean_resizing_embeddings reinit_weights trainer_cls trl vllm ebft qat quantization
dynamic_checkpoint center_rewards_coefficient num_labels dpo_use_weighting dpo_label_smoothing dpo_use_liger_kernel dpo_padding_free dpo_loss_type
dpo_loss_weights datasets test_datasets shuffle_merged_datasets shuffle_before_merging_datasets dataset_prepared_path dataset_shard_num
dataset_shard_idx skip_prepare_dataset num_dataset_shards_to_save pretraining_dataset dataset_processes dataset_num_proc dataset_exact_deduplication
dataset_keep_in_memory dataloader_pin_memory dataloader_num_workers dataloader_prefetch_factor dataloader_drop_last accelerator_config
remove_unused_columns push_dataset_to_hub hf_use_auth_token device device_map world_size local_rank ddp seed ddp_timeout ddp_broadcast_buffers
ddp_find_unused_parameters do_causal_lm_eval eval_causal_lm_metrics do_bench_eval bench_dataset bench_split metric_for_best_model greater_is_better
loss_watchdog_threshold loss_watchdog_patience gc_steps torch_empty_cache_steps gc_collect_steps bf16 fp16 bfloat16 float16 tf32 float32
gradient_checkpointing gradient_checkpointing_kwargs activation_offloading freeze_mm_modules sequence_len excess_length_strategy eval_sequence_len
min_sample_len max_prompt_len sample_packing sample_packing_group_size sample_packing_bin_size sample_packing_sequentially
sample_packing_mp_start_method eval_sample_packing pad_to_sequence_len pad_to_multiple_of curriculum_sampling multipack_real_batches batch_flattening
use_pose pose_split_on_token_ids pose_max_context_len pose_num_chunks pretrain_multipack_buffer_size pretrain_multipack_attn
pretraining_sample_concatenation streaming streaming_multipack_buffer_size xformers_attention sdp_attention flex_attention flex_attn_compile_kwargs
flash_attention flash_optimum sage_attention eager_attention attn_implementation gemma4_hybrid_attn_impl large_head_attention flash_attn_d512
sdpa_varlen fused_attn_kernel experts_implementation quantize_moe_experts scaling_softmax_factor scaling_softmax_bias lora_mlp_kernel lora_qkv_kernel
lora_o_kernel lora_embedding_kernel chunked_cross_entropy chunked_cross_entropy_num_chunks use_eaft eaft_alpha eaft_k tiled_mlp_num_shards
tiled_mlp_use_original_mlp llama4_linearized_experts deepspeed fsdp fsdp_config fsdp_version fp32_norm_classes fsdp_final_state_dict_type val_set_size
dp_shard_size sequence_parallel_degree context_parallel_size heads_k_stride ring_attn_func tensor_parallel_size special_tokens torch_compile_mode
torch_compile_options max_steps warmup_steps warmup_ratio eval_steps evals_per_epoch eval_strategy save_steps saves_per_epoch save_strategy
save_total_limit save_first_step logging_steps early_stopping_patience load_best_model_at_end save_only_model use_tensorboard profiler_steps
profiler_steps_start include_tokens_per_second include_tkps orpo_alpha simpo_gamma cpo_alpha kto_desirable_weight kto_undesirable_weight
low_cpu_mem_usage chat_template chat_template_jinja chat_template_kwargs eot_tokens default_system_message fix_untrained_tokens is_preprocess
preprocess_iterable total_num_tokens total_supervised_tokens sample_packing_eff_est axolotl_config_path is_falcon_derived_model is_llama_derived_model
is_mistral_derived_model is_qwen_derived_model plugins generate_samples num_generation_samples generation_max_new_tokens generation_temperature
generation_top_p generation_top_k generation_prompt_ratio generation_do_sample max_packed_sequence_len rope_scaling noisy_embedding_alpha
evaluation_strategy eval_table_size eval_max_new_tokens dpo_use_logits_to_keep dpo_generate_during_eval dpo_norm_loss rpo_alpha
overrides_of_model_config overrides_of_model_kwargs type_of_model revision_of_model use_mlflow mlflow_tracking_uri mlflow_experiment_name
mlflow_run_name hf_mlflow_log_artifacts lisa_step_interval lisa_layers_attribute use_wandb wandb_name wandb_run_id wandb_mode wandb_project
wandb_entity wandb_watch wandb_log_model use_comet comet_api_key comet_workspace comet_project_name comet_experiment_key comet_mode comet_online
comet_experiment_config gradio_title gradio_share gradio_server_name gradio_server_port gradio_max_new_tokens gradio_temperature use_ray ray_run_name
ray_num_workers resources_per_worker use_otel_metrics otel_metrics_host otel_metrics_port use_trackio trackio_project_name trackio_run_name
trackio_space_id base_model base_model_config cls_model_config tokenizer_config tokenizer_use_fast tokenizer_legacy tokenizer_use_mistral_common
tokenizer_type processor_kwargs tokenizer_save_jinja_files trust_remote_code experimental_skip_move_to_device use_kernels
model_quantization_config_kwargs output_dir hub_model_id hub_strategy hub_revision save_safetensors image_resize_algorithm role_boundaries
load_in_8bit load_in_4bit adapter lora_model_dir lora_r lora_alpha lora_fan_in_fan_out lora_target_modules lora_target_linear lora_modules_to_save
lora_dropout peft peft_use_dora peft_use_rslora peft_init_lora_weights peft_ensure_weight_tying peft_autocast_adapter_dtype
qlora_sharded_model_loading lora_on_cpu gptq bnb_config_kwargs loraplus_lr_ratio loraplus_lr_embedding merge_lora merge_method relora_prune_ratio
relora_prune_method relora_cpu_offload gradient_accumulation_steps micro_batch_size batch_size eval_batch_size train_on_inputs group_by_length
learning_rate embedding_lr embedding_lr_scale weight_decay optim_args torchdistx_path lr_scheduler lr_scheduler_kwargs lr_quadratic_warmup
cosine_min_lr_ratio cosine_constant_lr_ratio lr_div_factor lr_groups adam_epsilon adam_epsilon2 adam_beta1 adam_beta2 adam_beta3 dion_lr dion_momentum
dion_rank_fraction dion_rank_multiple_of qgalore_rank qgalore_update_proj_gap qgalore_scale qgalore_proj_type qgalore_proj_quant qgalore_proj_bits
qgalore_proj_group_size qgalore_cos_threshold qgalore_gamma_proj qgalore_queue_size max_grad_norm num_epochs jagged_restart_steps
jagged_restart_warmup_steps jagged_restart_anneal_steps model_type hub_model_revision wandb_run_group wandb_log test_value push_to_hub
hub_private_repo debug lora_out_dir special_tokens.pad_token logging_dir report_to gptq_groupsize gptq_model_v1 data_seed xpos_rope log_sweep_min_lr
log_sweep_max_lr liger_rope liger_rms_norm liger_rms_norm_gated liger_layer_norm liger_swiglu liger_glu_activation liger_cross_entropy
liger_fused_linear_cross_entropy liger_use_token_scaling cut_cross_entropy lm_eval_tasks lm_eval_batch_size use_swanlab lora_bias
sample_packing_seq_len_multiplier`;

/** Sections about data, evaluation, logging and servers of another process. */
const SECTIONS = [
  "special_tokens.",
  "tokens.",
  "diffusion.",
  "model_config.",
  "device_map.",
  "added_tokens_overrides.",
  "chat_template_kwargs.",
  "trl.",
  "vllm.",
  "ebft.",
  "loftq_config.",
  "peft.",
  "lr_scheduler_kwargs.",
  "optim_args.",
  "gradient_checkpointing_kwargs.",
  "dynamic_checkpoint.",
  "accelerator_config.",
  "bnb_config_kwargs.",
  "overrides_of_model_config.",
  "overrides_of_model_kwargs.",
  "model_quantization_config_kwargs.",
  "quantization.",
  "qat.",
  "llmcompressor.",
  "processor_kwargs.",
  "resources_per_worker.",
  "torch_compile_options.",
  "flex_attn_compile_kwargs.",
  "datasets.",
  "lr_groups.",
];

/** Fields of Axolotl that change nothing of a step's memory where no finding is about them. */
const HARMLESS_OF_AXOLOTL: readonly string[] = [
  ...FIELDS.split(/\s+/),
  ...SECTIONS,
  ...harmlessOfFsdp("fsdp_config"),
  ...HARMLESS_OF_DEEPSPEED.map((name) => `deepspeed.${name}`),
];

const PREFERENCE =
  "Another objective than plain fine-tuning has further forwards and models, none of which is counted.";
const LAYERS = "Adapters in some layers, or of other ranks: no key says which.";
const IMAGES = "Images, and the tower that reads them, are not counted.";
const EXPERTS = "These kernels of experts keep other tensors than those that are counted here.";
const EIGHT_BIT_FLOATS = "fp8 products keep other tensors than those that are counted here.";
const VOCABULARY = "A vocabulary of another size has other embeddings and logits.";

const set = (names: string, sentence: string): readonly Unmodelled[] =>
  names.split(" ").map((field) => ({ field, when: isSet, sentence }));

const on = (names: string, sentence: string): readonly Unmodelled[] =>
  names.split(" ").map((field) => ({ field, when: isOnField, sentence }));

/** What of Axolotl changes memory and is said by no key. @see axolotl@067b021c:src/axolotl/utils/schemas/ */
const UNMODELLED_OF_AXOLOTL: readonly Unmodelled[] = [
  ...on("process_reward_model kd_trainer diffusion", PREFERENCE),
  ...set(
    "peft_layers_to_transform peft_layers_pattern lora_rank_pattern lora_alpha_pattern peft_layer_replication",
    LAYERS,
  ),
  ...set(
    "lora_target_parameters",
    "Adapters on parameters by their names: they are counted where the modules say so alone.",
  ),
  ...set("peft_trainable_token_indices", "Rows of embeddings that are trained by themselves are not counted."),
  ...set("unfrozen_parameters", "Only some parameters are trained; all are counted as trained, which is more."),
  ...set(
    "lisa_n_layers spectrum_top_fraction",
    "Only some layers are trained at a time; all are counted as trained, which is more.",
  ),
  ...on("relora", "ReLoRA merges its adapters at times, which is not counted."),
  ...set("torch_compile torch_compile_backend deepcompile", COMPILED),
  ...on("tiled_mlp", "An MLP that runs over parts of a sequence keeps less than is counted."),
  ...on("layer_offloading", "Layers that wait in host memory are counted on the GPU."),
  ...set("selective_checkpointing", "Which tensors are kept no key says so finely."),
  ...on(
    "flash_attn_fuse_mlp flash_attn_fuse_qkv flash_attn_cross_entropy flash_attn_rms_norm",
    "These kernels keep other tensors.",
  ),
  ...on("s2_attention scaling_softmax", "This attention keeps other tensors than those that are counted here."),
  ...on("fp8 fp8_enable_fsdp_float8_all_gather", EIGHT_BIT_FLOATS),
  ...set(
    "qat.activation_dtype qat.weight_dtype",
    "Weights that are quantised on trial in each forward keep more tensors.",
  ),
  ...set("image_size processor_type", IMAGES),
  ...on("use_scattermoe use_sonicmoe dense_mixer use_dsv4_kernels use_glm_dsa_kernels nvfp4_merge_aware", EXPERTS),
  ...set("expert_backend expert_parallel_backend", EXPERTS),
  { field: "expert_parallel_size", when: isSeveral, sentence: "GPUs that divide experts: they are counted whole." },
  {
    field: "dp_replicate_size",
    when: isSeveral,
    sentence: "Each of several groups of GPUs has all of the model: it is counted as shared over all of them.",
  },
  { field: "neftune_noise_alpha", when: isSet, sentence: "Noise on embeddings takes one more tensor of their size." },
  { field: "auto_find_batch_size", when: isOnField, sentence: "The batch becomes smaller where it does not fit." },
  { field: "loftq_config.loftq_bits", when: isPositive, sentence: "LoftQ makes the base in bits of its own." },
  ...on(
    "model_config.output_router_logits overrides_of_model_config.output_router_logits",
    "Logits of routers, kept for their loss, are not counted.",
  ),
  ...set("tokens added_tokens_overrides", VOCABULARY),
  ...on("resize_token_embeddings_to_32x shrink_embeddings", VOCABULARY),
  ...on(
    "embeddings_skip_upcast fp32_norms",
    "Types of embeddings and norms are counted as the library has them by itself.",
  ),
  ...set("gpu_memory_limit max_memory", "A limit of memory spreads layers over devices."),
  ...set(
    "optim_target_modules optim_args.rank",
    "Ranks and layers of this optimizer are counted as its library sets them.",
  ),
  { field: "ddp_bucket_cap_mb", when: isSet, sentence: "DDP's buckets are counted in PyTorch's usual size." },
  { field: "use_onebitllms", when: isOnField, sentence: "Weights of 1.58 bits are counted in 16." },
];

/** FSDP by its section, and by the list that older files have beside it. @see axolotl@067b021c:src/axolotl/utils/schemas/validation.py (lines 882, 1085) */
const fsdp = (source: Source): readonly Finding[] => {
  const section = sectionOf(source, "fsdp_config");
  const list = fieldOf(source, "fsdp");
  const isListed = list !== undefined && isSet(list.value);
  if (section.fields.size === 0 && !isListed) return [];
  const found = readFsdp(section, {
    version: 1,
    place: "Axolotl 0.18, utils/schemas/validation.py:887",
    versionField: fieldOf(source, "fsdp_version"),
  });
  const [version] = found;
  const text = version !== undefined && "text" in version ? version.text : "fsdp1";
  if (!isListed || list === undefined) return found;
  const words = namesOf(list.value).map((word) => word.toLowerCase());
  return [
    { kind: "read", field: list, key: "shard", text },
    ...found,
    ...words
      .filter((word) => !["auto_wrap", "offload"].includes(word))
      .flatMap((word) => readStrategy(list, strategyOf(word), text)),
    ...(words.includes("offload") ? [{ kind: "read", field: list, key: "offload", text: "all" } as const] : []),
  ];
};

/** GPUs that divide one model, and how many share what is left of it. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py (lines 1091 to 1125) */
const DIVISIONS = [
  { names: ["tensor_parallel_size"], key: "tp" },
  { names: ["context_parallel_size", "sequence_parallel_degree"], key: "cp" },
] as const;

const ranksOf = (source: Source, names: readonly string[]): number => numberOf(fieldOf(source, names)?.value) ?? 1;

const division = (source: Source): readonly Finding[] => {
  const divided = DIVISIONS.flatMap(({ names, key }): readonly Finding[] => {
    const field = fieldOf(source, names);
    const ranks = numberOf(field?.value);
    return field === undefined || ranks === undefined ? [] : [{ kind: "read", field, key, text: String(ranks) }];
  });
  const shards = fieldOf(source, "dp_shard_size");
  const count = numberOf(shards?.value);
  if (shards === undefined || count === undefined) return divided;
  const all = [["dp_replicate_size"], ...DIVISIONS.map(({ names }) => names)].reduce(
    (product, names) => product * ranksOf(source, names),
    count,
  );
  return [...divided, { kind: "read", field: shards, key: "gpus", text: String(all) }];
};

/** How GPUs share a run of Axolotl. */
const readAxolotlSharding = (source: Source): readonly Finding[] => {
  const shared = [...readDeepspeedField(source, JSONS_OF_AXOLOTL), ...fsdp(source)];
  const isShared = shared.some((found) => "key" in found && found.key === "shard");
  const sentence = "Neither DeepSpeed nor FSDP is set: a run on one GPU.";
  return [
    ...shared,
    ...(isShared ? [] : [{ kind: "assumed", key: "shard", text: "none", sentence } as const]),
    ...division(source),
  ];
};

/** Its own names beside those of transformers. @see axolotl@067b021c:src/axolotl/utils/schemas/enums.py, CustomSupportedOptimizers */
const OPTIMIZERS: Readonly<Record<string, string>> = {
  ao_adamw_4bit: "adamw_torch_4bit",
  ao_adamw_8bit: "adamw_torch_8bit",
};

const takeOwnOptimizer = (value: PlainValue) => ownValue(OPTIMIZERS, wordOf(value)) ?? takeOptimizer(value);

/** @see axolotl@067b021c:src/axolotl/utils/schemas/config.py (lines 665, 688), training.py (lines 71 to 122) */
const RULES: readonly FieldRule[] = [
  {
    field: "sequence_len",
    key: "seq",
    take: takeNumber,
    isLength: true,
    otherwise: axolotlDefault("512", "utils/schemas/config.py:665"),
  },
  {
    field: "micro_batch_size",
    key: "batch",
    take: takeNumber,
    otherwise: axolotlDefault("1", "utils/schemas/training.py:77"),
  },
  {
    field: "optimizer",
    key: "optim",
    take: takeOwnOptimizer,
    otherwise: axolotlDefault("adamw_torch_fused", "utils/schemas/training.py:122"),
  },
  { field: "gradient_checkpointing_kwargs.use_reentrant", key: "reentrant", take: takeFlag },
];

/** By itself, or by the batch of a step that older files have. @see axolotl@067b021c:src/axolotl/utils/config/__init__.py, normalize_config */
const accumulation = (source: Source): readonly Finding[] => {
  const batch = fieldOf(source, "batch_size");
  const micro = numberOf(fieldOf(source, "micro_batch_size")?.value) ?? 1;
  const whole = numberOf(batch?.value);
  const otherwise =
    whole === undefined
      ? axolotlDefault("1", "utils/schemas/training.py:71")
      : {
          text: String(Math.max(1, Math.floor(whole / Math.max(1, micro)))),
          sentence: "batch_size over micro_batch_size.",
        };
  return readFields(source, [{ field: "gradient_accumulation_steps", key: "accum", take: takeNumber, otherwise }]);
};

/** Packed rows, or rows in one line without padding. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py:688 */
const packing = (source: Source): readonly Finding[] => {
  const flat = fieldOf(source, "batch_flattening");
  if (flat !== undefined && isSet(flat.value)) return [{ kind: "read", field: flat, key: "packing", text: "1" }];
  const otherwise = axolotlDefault("0", "utils/schemas/config.py:688");
  return readFields(source, [{ field: "sample_packing", key: "packing", take: takeFlag, otherwise }]);
};

/** Old names of the attention, each a switch, the special ones first. @see axolotl@067b021c:src/axolotl/utils/schemas/enums.py, LEGACY_ATTN_FLAG_TO_IMPL */
const SWITCHES = [
  ["xformers_attention", "xformers"],
  ["sage_attention", "sage"],
  ["flex_attention", "flex_attention"],
  ["flash_attention", "flash_attention_2"],
  ["sdp_attention", "sdpa"],
  ["eager_attention", "eager"],
] as const;

const attention = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "attn_implementation");
  if (field !== undefined && isSet(field.value)) return readAs(field, "attn", takeAttention(field.value));
  const on = SWITCHES.find(([name]) => isOn(fieldOf(source, name)?.value));
  const flag = on === undefined ? undefined : fieldOf(source, on[0]);
  return on === undefined || flag === undefined ? [] : readAs(flag, "attn", takeAttention(on[1]));
};

const HIDDEN = "hidden_states";

/** Activations in host memory: with adapters in the place of recomputing, else beside it. @see axolotl@067b021c:src/axolotl/core/builders/base.py (lines 581 to 598), loaders/model.py:356 */
const offloading = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "activation_offloading");
  if (field === undefined || !isSet(field.value)) return [];
  const adapter = fieldOf(source, "adapter");
  const hasAdapter = adapter !== undefined && isSet(adapter.value);
  const recomputes = field.value === HIDDEN || !hasAdapter;
  return [
    { kind: "read", field, key: "actoffload", text: "1" },
    { kind: "read", field, key: "ckpt", text: recomputes ? "1" : "0" },
  ];
};

/** Checkpoints; `offload` has them in host memory. @see axolotl@067b021c:src/axolotl/utils/schemas/config.py:600 */
const checkpointing = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "gradient_checkpointing");
  if (field !== undefined && /^(offload|offload_disk|unsloth)$/.test(wordOf(field.value)))
    return [
      { kind: "read", field, key: "ckpt", text: "1" },
      { kind: "read", field, key: "actoffload", text: "1" },
    ];
  const otherwise = axolotlDefault("0", "utils/schemas/config.py:600");
  return readFields(source, [{ field: "gradient_checkpointing", key: "ckpt", take: takeFlag, otherwise }]);
};

/** How a step runs, whatever it trains. */
const readAxolotlStep = (source: Source): readonly Finding[] => [
  ...readFields(source, RULES),
  ...accumulation(source),
  ...packing(source),
  ...attention(source),
  ...checkpointing(source),
  ...offloading(source),
];

/** Axolotl's YAML. @see axolotl@067b021c (0.18.0):src/axolotl/utils/schemas/ */
export const AXOLOTL_READER: ToolReader = {
  id: "axolotl",
  name: "Axolotl 0.18",
  stack: "axolotl",
  says: "run",
  recognises: ({ fields }) => fields.has("base_model"),
  read: (source, { catalog }) => {
    const objective = axolotlObjective(source);
    const findings: readonly Finding[] = [
      ...readModel(fieldOf(source, "base_model"), catalog),
      ...readAxolotlMethod(source),
      ...readAxolotlStep(source),
      ...readAxolotlRun(source),
      ...readAxolotlTypes(source),
      ...readAxolotlKernels(source),
      ...readAxolotlSharding(source),
      ...readAxolotlObjective(source),
      ...readUnmodelled(source, UNMODELLED_OF_AXOLOTL),
    ];
    return objective === undefined ? findings : countedAsTrl(findings, objective, AXOLOTL_RUNS);
  },
  harmless: HARMLESS_OF_AXOLOTL,
};

// Reader of DeepSpeed's JSON, and the fields of DeepSpeed and Accelerate that are not estimated.

import {
  isOn,
  type Finding,
  type PlainValue,
  type Source,
  numberOf,
  isOnField,
  isSet,
  isSeveral,
  type Unmodelled,
  sectionOf,
  type SourceField,
  wordOf,
  fieldOf,
  type FieldRule,
  readFields,
  valueOf,
  takeWord,
  readUnmodelled,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { readOwnBuckets } from "#interop/import/fields/shipped-deepspeed.ts";

const BILLION = 1e9;

/** A size by which buffers are cut; stage 3 has some of them under two names. */
const size = (field: string, when: Unmodelled["when"], counted: string): Unmodelled => ({
  field: [...new Set([field, field.replace("stage3_", "")])].map((name) => `zero_optimization.${name}`),
  when,
  sentence: `This size is counted as ${counted}.`,
});

const isNumber = (value: PlainValue): boolean => numberOf(value) !== undefined;
const isNotBillion = (value: PlainValue): boolean => isNumber(value) && numberOf(value) !== BILLION;

/** Sections that switch on something of another kind. */
const SECTIONS: Readonly<Record<string, string>> = {
  compression_training: "Compression keeps masks, teachers or weights in other types beside the weights.",
  sparse_attention: "Sparse attention keeps other tensors than those that are counted here.",
  progressive_layer_drop: "Layers that are left out at times are counted.",
  hybrid_engine: "A model that trains and generates in turn keeps more than is counted.",
};

/** The first field of each such section that is on. */
const readSections = (source: Source): readonly Finding[] =>
  Object.entries(SECTIONS).flatMap(([name, sentence]): readonly Finding[] => {
    const fields = [...sectionOf(source, name).fields];
    const switches = fields.filter(([path]) => /(^|\.)enabled$/.test(path));
    const on = switches.length === 0 ? fields[0] : switches.find(([, { value }]) => isOn(value));
    return on === undefined ? [] : [{ kind: "not-modelled", field: on[1], sentence }];
  });

/** They stand in the sections that a finding is about. */
const SECTIONS_OF_DEEPSPEED: readonly string[] = Object.keys(SECTIONS).map((name) => `${name}.`);

/** What of DeepSpeed changes memory and is said by no key. @see deepspeed@0.19.6:runtime/zero/config.py */
const UNMODELLED_OF_DEEPSPEED: readonly Unmodelled[] = [
  size("reduce_bucket_size", isNumber, "“auto” becomes under the Trainer, the square of the width"),
  size("stage3_param_persistence_threshold", isNumber, "“auto” becomes under the Trainer, ten times the width"),
  size("sub_group_size", isNotBillion, "DeepSpeed sets it by itself, a billion"),
  size("stage3_max_live_parameters", isNotBillion, "DeepSpeed sets it by itself, a billion"),
  {
    field: "zero_optimization.zero_quantized_weights",
    when: isOnField,
    sentence: "ZeRO++ gathers weights in 8 bits, through buffers that are not counted.",
  },
  {
    field: "zero_optimization.zero_quantized_nontrainable_weights",
    when: isOnField,
    sentence: "ZeRO++ keeps frozen weights in 8 bits: fewer bytes than are counted.",
  },
  {
    field: "zero_optimization.zero_quantized_gradients",
    when: isOnField,
    sentence: "ZeRO++ reduces gradients in 4 bits, through buffers that are not counted.",
  },
  {
    field: "zero_optimization.zero_hpz_partition_size",
    when: isSeveral,
    sentence: "A second, larger partition of the weights in each machine (ZeRO++) is not counted.",
  },
  {
    field: "zero_optimization.mics_shard_size",
    when: (value) => (numberOf(value) ?? -1) > 0,
    sentence: "MiCS shards among some of the GPUs alone: each of them holds more than is counted.",
  },
  {
    field: "zero_optimization.offload_optimizer.ratio",
    when: (value) => (numberOf(value) ?? 1) < 1,
    sentence: "Only a part of the states is in host memory; all of them are counted there.",
  },
  {
    field: "zero_optimization.zenflow.topk_ratio",
    when: isSet,
    sentence: "ZenFlow keeps a part of the states on the GPU.",
  },
  {
    field: "tensor_parallel.autotp_size",
    when: isSeveral,
    sentence: "DeepSpeed's own tensor parallelism divides matrices; they are counted whole.",
  },
  {
    field: "compile.disable",
    when: (value) => !isOn(value),
    sentence: "torch.compile saves other tensors than those that are counted here.",
  },
  {
    field: "compile.deepcompile",
    when: isOnField,
    sentence: "DeepCompile gathers and frees weights at other moments.",
  },
  { field: "amp.enabled", when: isOnField, sentence: "Apex's amp keeps other copies of the weights." },
  {
    field: "fp8.enabled",
    when: isOnField,
    sentence: "fp8 products keep other tensors than those that are counted here.",
  },
  { field: "torch_autocast.enabled", when: isOnField, sentence: "Weights stay fp32 under DeepSpeed's autocast." },
];

/** @see deepspeed@0.19.6:runtime/zero/config.py */
const IN_ZERO = [
  "contiguous_gradients",
  "reduce_scatter",
  "use_multi_rank_bucket_allreduce",
  "allgather_partitions",
  "overlap_comm",
  "load_from_fp32_weights",
  "elastic_checkpoint",
  "offload_param",
  "offload_optimizer",
  "cpu_offload_use_pin_memory",
  "stage3_model_persistence_threshold",
  "allgather_bucket_size",
  "stage3_prefetch_bucket_size",
  "prefetch_bucket_size",
  "stage3_max_reuse_distance",
  "max_reuse_distance",
  "model_persistence_threshold",
  "gather_16bit_weights_on_model_save",
  "stage3_gather_16bit_weights_on_model_save",
  "stage3_gather_fp16_weights_on_model_save",
  "stage3_module_granularity_threshold",
  "stage3_use_all_reduce_for_fetch_params",
  "stage3_allgather_sequential",
  "ignore_unused_parameters",
  "legacy_stage1",
  "round_robin_gradients",
  "mics_hierarchical_params_gather",
  "memory_efficient_linear",
  "pipeline_loading_checkpoint",
  "override_module_apply",
  "log_trace_cache_warnings",
  "enable_sanity_checks",
  "zeropp_loco_param.",
  "leaf_module.",
  "offload_optimizer.",
  "offload_param.",
].map((name) => `zero_optimization.${name}`);

/** Fields of a DeepSpeed JSON that change nothing of a step's memory on the GPU. */
export const HARMLESS_OF_DEEPSPEED: readonly string[] = [
  ...IN_ZERO,
  "train_batch_size",
  "gradient_clipping",
  "steps_per_print",
  "wall_clock_breakdown",
  "dump_state",
  "prescale_gradients",
  "gradient_predivide_factor",
  "sparse_gradients",
  "communication_data_type",
  "seq_parallel_communication_data_type",
  "zero_force_ds_cpu_optimizer",
  "memory_breakdown",
  "disable_allgather",
  "use_data_before_expert_parallelism",
  "optimizer",
  "optimizer.",
  "scheduler",
  "scheduler.",
  "fp16.",
  "bf16.",
  "bfloat16.",
  "fp16",
  "bf16",
  "amp",
  "amp.",
  "aio.",
  "flops_profiler.",
  "tensorboard.",
  "wandb.",
  "csv_monitor.",
  "comet.",
  "comms_logger.",
  "elasticity.",
  "checkpoint.",
  "comms_config.",
  "monitor_config.",
  "_comment",
  "cuda_visible_devices",
  "zero_allow_untested_optimizer",
  "autotuning.",
  "curriculum_learning.",
  ...SECTIONS_OF_DEEPSPEED,
  "data_types.",
  "data_efficiency.",
  "activation_checkpointing.",
  "compile.",
  "zero_optimization",
];

/** Fields that say where states and parameters are kept: a device, or a switch. */
type OffloadFields = Readonly<{ optimizer: SourceField | undefined; parameters: SourceField | undefined }>;

/** On the host or on its disk: in either case not on the GPU. */
const isAway = (field: SourceField | undefined): field is SourceField =>
  field !== undefined && (isOn(field.value) || /^(cpu|nvme)$/i.test(wordOf(field.value)));

const ALONE = "Parameters in host memory with states on the GPU: no key says that, and they are counted on the GPU.";

/**
 * What ZeRO keeps in host memory. Parameters can leave the GPU in stage 3 alone.
 *
 * @param place where the default stands: nothing is away
 * @see deepspeed@0.19.6:runtime/zero/offload_config.py (lines 24, 58), runtime/zero/config.py (lines 157 to 164)
 */
export const readOffload = ({ optimizer, parameters }: OffloadFields, place: string): readonly Finding[] => {
  if (isAway(optimizer)) {
    const both = isAway(parameters);
    return [
      { kind: "read", field: optimizer, key: "offload", text: both ? "all" : "optimizer" },
      ...(both ? [{ kind: "read", field: parameters, key: "offload", text: "all" } as const] : []),
    ];
  }
  const none = {
    kind: "assumed",
    key: "offload",
    text: "none",
    sentence: `Nothing is in host memory (${place}).`,
  } as const;
  if (isAway(parameters)) return [{ kind: "not-modelled", field: parameters, sentence: ALONE }, none];
  const said = optimizer ?? parameters;
  return said === undefined ? [none] : [{ kind: "read", field: said, key: "offload", text: "none" }];
};

/** Stages of ZeRO as ways of sharing; none of them is data parallelism. */
export const ZERO_STAGES = { "0": "ddp", "1": "zero1", "2": "zero2", "3": "zero3" };

const takeStage = takeWord(ZERO_STAGES);

/** A number, or in old files a switch of stage 1. */
const STAGE: FieldRule = {
  field: ["zero_optimization.stage", "zero_optimization"],
  key: "shard",
  take: (value) => takeStage(typeof value === "boolean" ? Number(value) : value),
  otherwise: { text: "ddp", sentence: "DeepSpeed's default, stage 0 (0.19.6, runtime/zero/config.py:95)." },
};

/** A number that a script may set as well: what it says goes before this. */
const readNumber = (source: Source, name: string, key: "batch" | "accum"): readonly Finding[] => {
  const field = fieldOf(source, name);
  const number = numberOf(field?.value);
  if (field === undefined) return [];
  if (number === undefined) return [{ kind: "ignored", field, sentence: "Left to the script." }];
  const sentence = "Unless the script says otherwise.";
  return [{ kind: "assumed", field, key, text: String(number), sentence }];
};

const readCompute = (source: Source): readonly Finding[] =>
  (["bf16", "fp16"] as const).flatMap((name): readonly Finding[] => {
    const field = fieldOf(source, [`${name}.enabled`, ...(name === "bf16" ? ["bfloat16.enabled"] : [])]);
    return field !== undefined && isOn(field.value) ? [{ kind: "read", field, key: "compute", text: name }] : [];
  });

/** DeepSpeed's own optimizers by their states; its fused Adam makes no temporaries, as PyTorch's fused one. @see deepspeed@0.19.6:runtime/engine.py, _configure_basic_optimizer */
const OPTIMIZERS = takeWord({
  adam: "adamw_torch_fused",
  adamw: "adamw_torch_fused",
  fusedadam: "adamw_torch_fused",
  cpuadam: "adamw_torch_fused",
  lion: "lion",
  sgd: "sgd",
  muon: "muon",
});

const readOptimizer = (source: Source): readonly Finding[] => {
  const isTorch = isOn(valueOf(source, "optimizer.params.torch_adam"));
  const take = (value: PlainValue) => {
    const taken = OPTIMIZERS(wordOf(value).toLowerCase());
    return isTorch && taken === "adamw_torch_fused" ? "adamw_torch" : taken;
  };
  return readFields(source, [{ field: "optimizer.type", key: "optim", take }]);
};

/** A `zero_optimization` and what is around it, at the top of a source. */
export const readDeepspeed = (source: Source): readonly Finding[] => {
  const at = (name: string | readonly string[]) => fieldOf(source, name);
  const zero = "zero_optimization";
  return [
    ...readFields(source, [STAGE]),
    ...readOffload(
      {
        optimizer: at([`${zero}.offload_optimizer.device`, `${zero}.cpu_offload`]),
        parameters: at([`${zero}.offload_param.device`, `${zero}.cpu_offload_params`, `${zero}.cpu_offload_param`]),
      },
      "DeepSpeed's default",
    ),
    ...readNumber(source, "train_micro_batch_size_per_gpu", "batch"),
    ...readNumber(source, "gradient_accumulation_steps", "accum"),
    ...readCompute(source),
    ...readOptimizer(source),
    ...readUnmodelled(source, UNMODELLED_OF_DEEPSPEED),
    ...readOwnBuckets(source),
    ...readSections(source),
  ];
};

const OWN = ["train_batch_size", "train_micro_batch_size_per_gpu", "zero_allow_untested_optimizer", "steps_per_print"];

/** DeepSpeed's JSON: how GPUs share a run. @see deepspeed@0.19.6:runtime/config.py */
export const DEEPSPEED_READER: ToolReader = {
  id: "deepspeed",
  name: "DeepSpeed 0.19.6",
  stack: null,
  says: "part",
  recognises: ({ format, fields }) =>
    format !== "command" &&
    format !== "python" &&
    ([...fields.keys()].some((path) => path.startsWith("zero_optimization")) || OWN.some((name) => fields.has(name))),
  read: readDeepspeed,
  harmless: HARMLESS_OF_DEEPSPEED,
};

// Reader of Accelerate's YAML: number of GPUs and how they share the run.

import {
  type Finding,
  fieldOf,
  type Source,
  type SourceField,
  numberOf,
  quoted,
  takeWord,
  wordOf,
  isOnField,
  isSet,
  isSeveral,
  readUnmodelled,
  type Unmodelled,
  sectionOf,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { COMPILED } from "#interop/import/fields/field-values.ts";
import { ZERO_STAGES, readOffload } from "./deepspeed.ts";
import { harmlessOfFsdp, readFsdp } from "#interop/import/fields/fsdp.ts";
import { ownBuckets, readShipped } from "#interop/import/fields/shipped-deepspeed.ts";

const PARALLELISM = [
  "dp_shard_size",
  "dp_replicate_size",
  "cp_comm_strategy",
  "cp_backend",
  "cp_rotate_method",
  "sp_backend",
  "sp_seq_length",
  "sp_seq_length_is_variable",
  "sp_attn_implementation",
].map((name) => `parallelism_config.parallelism_config_${name}`);

/** Fields of accelerate's YAML that change nothing of a step's memory on a GPU. @see accelerate@16cb6eb8:commands/config/config_args.py */
const HARMLESS_OF_ACCELERATE: readonly string[] = [
  "compute_environment",
  "debug",
  "distributed_type",
  "downcast_bf16",
  "dynamo_backend",
  "dynamo_config.",
  "enable_cpu_affinity",
  "gpu_ids",
  "machine_rank",
  "main_process_ip",
  "main_process_port",
  "main_training_function",
  "mixed_precision",
  "num_machines",
  "num_processes",
  "rdzv_backend",
  "same_network",
  "tpu_env",
  "tpu_name",
  "tpu_zone",
  "tpu_use_cluster",
  "tpu_use_sudo",
  "commands",
  "command_file",
  "use_cpu",
  "ipex_config",
  "ipex_config.",
  "mpirun_config.",
  "deepspeed_hostfile",
  "deepspeed_config.zero_stage",
  "deepspeed_config.deepspeed_config_file",
  "deepspeed_config.deepspeed_hostfile",
  "deepspeed_config.deepspeed_inclusion_filter",
  "deepspeed_config.deepspeed_exclusion_filter",
  "deepspeed_config.deepspeed_multinode_launcher",
  "deepspeed_config.deepspeed_moe_layer_cls_names",
  "deepspeed_config.gradient_clipping",
  "deepspeed_config.offload_optimizer_device",
  "deepspeed_config.offload_param_device",
  "deepspeed_config.offload_optimizer_nvme_path",
  "deepspeed_config.offload_param_nvme_path",
  "deepspeed_config.seq_parallel_communication_data_type",
  "deepspeed_config.zero3_init_flag",
  "deepspeed_config.zero3_save_16bit_model",
  "deepspeed_config",
  "fsdp_config",
  "parallelism_config",
  "fsdp",
  "fp8_config.",
  ...PARALLELISM,
];

const isOne = (field: SourceField | undefined): boolean =>
  field !== undefined && (field.value === false || /^(no|none)$/i.test(wordOf(field.value)));

/** Processes of all machines together; without sharing the launcher starts one. @see accelerate@16cb6eb8:commands/launch.py:198 */
const readProcesses = (source: Source): readonly Finding[] => {
  const type = fieldOf(source, "distributed_type");
  const field = fieldOf(source, "num_processes");
  if (type !== undefined && isOne(type)) return [{ kind: "read", field: type, key: "gpus", text: "1" }];
  const count = numberOf(field?.value);
  return field && count !== undefined ? [{ kind: "read", field, key: "gpus", text: String(count) }] : [];
};

/** A number that the script says, too, and that goes before this one. */
const readAccumulation = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["deepspeed_config.gradient_accumulation_steps", "gradient_accumulation_steps"]);
  const count = numberOf(field?.value);
  if (field === undefined) return [];
  const sentence = "Unless the script says otherwise.";
  return [
    count === undefined
      ? { kind: "ignored", field, sentence: "Left to the script." }
      : { kind: "assumed", field, key: "accum", text: String(count), sentence },
  ];
};

/** Where a script says nothing of types. */
const readPrecision = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "mixed_precision");
  if (field === undefined) return [];
  const word = wordOf(field.value).toLowerCase();
  if (word === "fp8")
    return [
      { kind: "not-modelled", field, sentence: "fp8 products keep other tensors than those that are counted here." },
    ];
  if (word !== "bf16" && word !== "fp16") return [{ kind: "ignored", field, sentence: "Left to the script." }];
  const sentence = "Unless the script says otherwise.";
  return [{ kind: "assumed", field, key: "compute", text: word, sentence }];
};

/** DeepSpeed by a file of its own. */
const UNREAD_ZERO: Finding = {
  kind: "assumed",
  key: "shard",
  text: "zero2",
  sentence: "The file that shares it is not read: ZeRO-2, accelerate's own default, is counted.",
};

/** DeepSpeed by its fields, or by a file. @see accelerate@16cb6eb8:utils/dataclasses.py:1238 (zero_stage: 2) */
const readZero = (source: Source): readonly Finding[] => {
  const section = sectionOf(source, "deepspeed_config");
  const file = fieldOf(section, "deepspeed_config_file");
  if (file !== undefined && isSet(file.value)) return [UNREAD_ZERO, ...readShipped(file, {})];
  const stage = fieldOf(section, "zero_stage");
  const take = takeWord(ZERO_STAGES);
  const taken = stage === undefined || stage.value === null ? null : take(stage.value);
  const shard: Finding =
    typeof taken === "string" && stage
      ? { kind: "read", field: stage, key: "shard", text: taken }
      : { kind: "assumed", key: "shard", text: "zero2", sentence: "accelerate's default (utils/dataclasses.py:1238)." };
  const asking = stage ?? fieldOf(source, "distributed_type");
  return [
    shard,
    ...(asking === undefined || taken === "ddp" ? [] : ownBuckets(asking, taken === "zero3")),
    ...readOffload(
      {
        optimizer: fieldOf(section, "offload_optimizer_device"),
        parameters: fieldOf(section, "offload_param_device"),
      },
      "accelerate's default, utils/dataclasses.py:1240",
    ),
  ];
};

/** Ranks that divide one model. @see accelerate@16cb6eb8:parallelism_config.py (lines 34 to 75) */
const DIVISIONS = [
  { name: "tp_size", key: "tp" },
  { name: "cp_size", key: "cp" },
  { name: "sp_size", key: "ulysses" },
] as const;

const readDivision = (source: Source): readonly Finding[] => {
  const section = sectionOf(source, "parallelism_config");
  return DIVISIONS.flatMap(({ name, key }): readonly Finding[] => {
    const field = fieldOf(section, [`parallelism_config_${name}`, name]);
    const ranks = numberOf(field?.value);
    if (field === undefined) return [];
    return ranks === undefined
      ? [{ kind: "not-modelled", field, sentence: `${quoted(field.value)} is not a number of GPUs.` }]
      : [{ kind: "read", field, key, text: String(ranks) }];
  });
};

const OTHERS = "How it shares a model among devices is not known here.";

/** Where the type is not said, the sections say it. */
const typeOf = (source: Source, field: SourceField | undefined): string => {
  if (field !== undefined) return wordOf(field.value).toUpperCase();
  return ["deepspeed", "fsdp"].find((name) => sectionOf(source, `${name}_config`).fields.size > 0)?.toUpperCase() ?? "";
};

/** How processes share a run. */
const readSharing = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "distributed_type");
  const type = typeOf(source, field);
  if (type === "DEEPSPEED") return readZero(source);
  if (type === "FSDP")
    return readFsdp(sectionOf(source, "fsdp_config"), {
      version: 1,
      place: "accelerate 16cb6eb8, utils/dataclasses.py:1591",
    });
  if (field === undefined) return [];
  if (isOne(field)) return [{ kind: "read", field, key: "shard", text: "none" }];
  return type === "MULTI_GPU"
    ? [{ kind: "read", field, key: "shard", text: "ddp" }]
    : [{ kind: "not-modelled", field, sentence: OTHERS }];
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["dynamo_config.dynamo_backend", "dynamo_backend"],
    when: isSet,
    sentence: COMPILED,
  },
  {
    field: "parallelism_config.parallelism_config_dp_replicate_size",
    when: isSeveral,
    sentence: "Each of several groups of GPUs has all of the model: it is counted as shared over all of them.",
  },
  { field: "use_cpu", when: isOnField, sentence: "The run is on the CPU, not on a GPU." },
  {
    field: ["megatron_lm_config.megatron_lm_tp_degree", "megatron_lm_config.megatron_lm_pp_degree"],
    when: isSet,
    sentence: "Megatron-LM trains with code of its own, which is not known here.",
  },
];

const isOwn = ({ fields }: Source): boolean =>
  ["distributed_type", "compute_environment", "main_training_function"].some((name) => fields.has(name)) ||
  (fields.has("num_processes") && (fields.has("mixed_precision") || fields.has("num_machines")));

/** The YAML of `accelerate launch`: over how many GPUs a run goes, and how they share it. @see accelerate@16cb6eb8:commands/launch.py, utils/dataclasses.py */
export const ACCELERATE_READER: ToolReader = {
  id: "accelerate",
  name: "accelerate 16cb6eb8",
  stack: null,
  says: "part",
  recognises: (source) => isOwn(source) && !source.fields.has("model_name_or_path") && !source.fields.has("base_model"),
  read: (source) => [
    ...readProcesses(source),
    ...readSharing(source),
    ...readDivision(source),
    ...readAccumulation(source),
    ...readPrecision(source),
    ...readUnmodelled(source, UNMODELLED),
  ],
  harmless: [...HARMLESS_OF_ACCELERATE, ...harmlessOfFsdp("fsdp_config")],
};

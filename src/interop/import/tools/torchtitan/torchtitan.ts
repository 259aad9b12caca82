import { defaultsOf } from "#interop/import/defaults-of.ts";
import { COMPILED } from "#interop/import/tools/compiled.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readAs, readFields } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { numberOf, takeNumber, wordOf } from "#interop/import/take.ts";
import { takeDtype } from "#interop/import/tools/hugging-face/words.ts";
import type { ToolReader } from "#interop/import/tool-reader.ts";
import { isOnField, isSet, isSeveral, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";
import { readBatch } from "./batch.ts";
import { readDegrees } from "./degrees.ts";
import { readFlavor } from "./flavor.ts";

const standsIn = defaultsOf("torchtitan's default (0.2.2, job_config.py:*).");

/** @see torchtitan@73a0e697 (0.2.2):torchtitan/config/job_config.py, Training */
const RULES: readonly FieldRule[] = [
  { field: "training.seq_len", key: "seq", take: takeNumber, otherwise: standsIn("2048", "261") },
  { field: "training.dtype", key: "weights", take: takeDtype, otherwise: standsIn("fp32", "275") },
  { field: "training.mixed_precision_param", key: "compute", take: takeDtype },
  {
    field: ["training.enable_cpu_offload", "experimental.enable_cpu_offload"],
    key: "offload",
    take: (value) => (isOn(value) ? "all" : "none"),
  },
  {
    field: "parallelism.disable_loss_parallel",
    key: "loss",
    take: (value) => (isOn(value) ? "full" : null),
  },
];

const isFused = (way: SourceField | undefined): boolean =>
  way === undefined || way.value === "fused" || way.value === true;

/** An optimizer for each weight, which steps as soon as the weight has its gradient. @see torchtitan@73a0e697:torchtitan/components/optimizer.py, OptimizersInBackwardContainer */
const inBackward = (source: Source): SourceField | undefined => {
  const field = fieldOf(source, ["optimizer.early_step_in_backward", "optimizer.use_optimizer_in_backward"]);
  return field !== undefined && isOn(field.value) ? field : undefined;
};

/** Fused, for-each and one by one have the same states. @see torchtitan@73a0e697:torchtitan/config/job_config.py (lines 135, 151) */
const readOptimizer = (source: Source): readonly Finding[] => {
  const name = fieldOf(source, "optimizer.name");
  const way = fieldOf(source, ["optimizer.implementation", "optimizer.fused"]);
  const word = wordOf(name?.value ?? "AdamW");
  if (!["AdamW", "Adam"].includes(word) && name) {
    const sentence = `The states of ${word} are not known here: AdamW's are counted.`;
    return [{ kind: "not-modelled", field: name, sentence }];
  }
  const early = inBackward(source);
  const text = isFused(way) ? "adamw_torch_fused" : "adamw_torch";
  const field = early ?? way ?? name;
  if (field === undefined) return [{ kind: "assumed", key: "optim", ...standsIn(text, "135, 151") }];
  const others = [name, way].filter((each) => each !== undefined && each !== field) as readonly SourceField[];
  return [
    { kind: "read", field, key: "optim", text: early === undefined ? text : "adamw_in_backward" },
    ...others.map((each): Finding => ({ kind: "ignored", field: each, sentence: "It has the states of AdamW." })),
  ];
};

/** Which layers keep what, where layers are checkpointed in part. @see torchtitan@73a0e697:torchtitan/config/job_config.py:655 */
const readSelective = (option: SourceField | undefined): readonly Finding[] => {
  if (option === undefined) return [{ kind: "assumed", key: "selective", ...standsIn("2", "655") }];
  return readAs(option, "selective", numberOf(option.value) === 1 ? "none" : wordOf(option.value));
};

/** @see torchtitan@73a0e697:torchtitan/config/job_config.py:652 */
const readMode = (mode: SourceField, word: string): readonly Finding[] => {
  if (!["none", "full", "selective"].includes(word))
    return [{ kind: "not-modelled", field: mode, sentence: `What ${word} keeps is not known here.` }];
  const ckpt: Finding = { kind: "read", field: mode, key: "ckpt", text: word === "none" ? "0" : "1" };
  return word === "full" ? [ckpt, { kind: "read", field: mode, key: "selective", text: "none" }] : [ckpt];
};

/** Layers checkpointed whole, in part, or not. */
const readCheckpointing = (source: Source): readonly Finding[] => {
  const mode = fieldOf(source, "activation_checkpoint.mode");
  const option = fieldOf(source, "activation_checkpoint.selective_ac_option");
  const word = wordOf(mode?.value ?? "selective");
  const unused: readonly Finding[] =
    option === undefined
      ? []
      : [{ kind: "ignored", field: option, sentence: "It counts where the mode is selective." }];
  return [
    ...(mode === undefined
      ? [{ kind: "assumed", key: "ckpt", ...standsIn("1", "652") } as const]
      : readMode(mode, word)),
    ...(word === "selective" ? readSelective(option) : unused),
  ];
};

const FULL: Finding = {
  kind: "assumed",
  key: "method",
  text: "full",
  sentence: "torchtitan trains all of a model.",
};

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["compile.enable", "training.compile"],
    when: isOnField,
    sentence: COMPILED,
  },
  {
    field: "model.converters",
    when: isSet,
    sentence: "Converters (float8, MX) put other linears in the place of the model's, which keep other tensors.",
  },
  {
    field: ["parallelism.expert_parallel_degree"],
    when: isSeveral,
    sentence: "Experts are shared out among GPUs: each GPU's are counted whole.",
  },
  {
    field: "training.mixed_precision_reduce",
    when: (value) => isSet(value) && value !== "float32",
    sentence: "Gradients are reduced in another type than fp32, which is counted.",
  },
  {
    field: "parallelism.fsdp_reshard_after_forward",
    when: (value) => value === "never",
    sentence: "Gathered weights stay until backward: they are counted as let go of.",
  },
  {
    field: ["validation.enable", "validation.enabled"],
    when: isOnField,
    sentence: "Validation is not counted, a training step is.",
  },
  {
    field: ["fault_tolerance.enable", "float8.enable_float8_linear"],
    when: isOnField,
    sentence: "What it adds is not counted.",
  },
  {
    field: "activation_checkpoint.early_stop",
    when: isOnField,
    sentence: "Recomputing stops early: all of a layer is counted.",
  },
];

/** Other tools have a model with a name in their TOML, too: a flavor or a section of torchtitan's own tells them apart. */
const hasOwnField = (fields: Source["fields"]): boolean =>
  [...fields.keys()].some((path) => /^(model\.flavor$|job\.|parallelism\.|activation_checkpoint\.)/.test(path));

/** torchtitan's TOML. @see torchtitan@73a0e697 (0.2.2):torchtitan/config/job_config.py */
export const TORCHTITAN_READER: ToolReader = {
  id: "torchtitan",
  name: "torchtitan 0.2.2",
  stack: "torchtitan",
  says: "run",
  recognises: ({ format, fields }) => format === "toml" && fields.has("model.name") && hasOwnField(fields),
  read: (source, look) => [
    ...readFlavor(source, look),
    FULL,
    ...readBatch(source),
    ...readFields(source, RULES),
    ...readOptimizer(source),
    ...readCheckpointing(source),
    ...readDegrees(source),
    ...readUnmodelled(source, UNMODELLED),
  ],
  harmless: [
    "job.",
    "profiling.",
    "metrics.",
    "lr_scheduler.",
    "checkpoint.",
    "compile.",
    "quantize.",
    "float8.",
    "mx.",
    "comm.",
    "memory_estimation.",
    "experimental.",
    "validation.",
    "debug.",
    "fault_tolerance.",
    "model.",
    ...["lr", "eps", "beta1", "beta2", "weight_decay", "name", "swap_every_n_steps"].map((name) => `optimizer.${name}`),
    ...[
      "dataset",
      "dataset_path",
      "steps",
      "max_norm",
      "warmup_steps",
      "deterministic",
      "seed",
      "gc_freq",
      "gc_debug",
    ].map((name) => `training.${name}`),
    ...["data_parallel_type", "mixed_precision_reduce", "dataset_args."].map((name) => `training.${name}`),
    ...["pipeline_parallel_schedule", "pipeline_parallel_split_points", "pipeline_parallel_layers_per_stage"].map(
      (name) => `parallelism.${name}`,
    ),
    ...["pipeline_parallel_first_stage_less_layers", "pipeline_parallel_last_stage_less_layers"].map(
      (name) => `parallelism.${name}`,
    ),
    ...["pipeline_parallel_schedule_csv", "enable_async_tensor_parallel", "context_parallel_rotate_method"].map(
      (name) => `parallelism.${name}`,
    ),
    ...[
      "fsdp_reshard_after_forward",
      "enable_compiled_autograd",
      "expert_tensor_parallel_degree",
      "module_fqns_per_model_part",
    ].map((name) => `parallelism.${name}`),
    "activation_checkpoint.per_op_sac_force_recompute_mm_shapes_by_fqns",
    "activation_checkpoint.preserve_rng_state",
  ],
};

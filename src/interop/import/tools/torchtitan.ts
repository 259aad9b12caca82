// Reader of torchtitan's TOML: model flavor, batch, parallel degrees, checkpointing, optimizer.

import type { LinkKey } from "#scenario/keys/choices.ts";
import {
  type Finding,
  fieldOf,
  type Source,
  type SourceField,
  numberOf,
  quoted,
  wordOf,
  defaultsOf,
  type FieldRule,
  isOn,
  readAs,
  readFields,
  takeNumber,
  isOnField,
  isSet,
  isSeveral,
  readUnmodelled,
  type Unmodelled,
  unknownFinding,
  valueOf,
  type ReadWith,
  type ToolReader,
} from "#interop/import/source-fields.ts";
import { ownValue } from "#calc/base/guards.ts";
import { catalogModel } from "#interop/import/named-model.ts";
import { COMPILED, takeDtype } from "#interop/import/fields/field-values.ts";

/** Degrees by their present names, then by those of 0.1. @see torchtitan@73a0e697:torchtitan/config/job_config.py, Parallelism (lines 324 to 454) */
const NAMES = {
  replicate: ["parallelism.data_parallel_replicate_degree", "training.data_parallel_replicate_degree"],
  shard: [
    "parallelism.data_parallel_shard_degree",
    "training.data_parallel_shard_degree",
    "training.data_parallel_degree",
  ],
  tp: ["parallelism.tensor_parallel_degree", "training.tensor_parallel_degree"],
  cp: ["parallelism.context_parallel_degree", "experimental.context_parallel_degree"],
  pp: ["parallelism.pipeline_parallel_degree", "experimental.pipeline_parallel_degree"],
} as const;

type Degree = keyof typeof NAMES;

const degreeField = (source: Source, degree: Degree): SourceField | undefined => fieldOf(source, NAMES[degree]);

/** A degree; 1 where nothing is said, -1 for all that is left. */
const degreeOf = (source: Source, degree: Degree): number =>
  numberOf(degreeField(source, degree)?.value) ?? (degree === "shard" ? -1 : 1);

const DIVIDING = ["tp", "cp", "pp"] as const satisfies readonly LinkKey[];

const readDividing = (source: Source): readonly Finding[] =>
  DIVIDING.flatMap((key): readonly Finding[] => {
    const field = degreeField(source, key);
    if (field === undefined) return [];
    return [{ kind: "read", field, key, text: String(degreeOf(source, key)) }];
  });

/** Tokens between blocks are divided wherever matrices are. @see torchtitan@73a0e697:torchtitan/models/llama3/infra/parallelize.py, apply_tp (SequenceParallel norms) */
const readTokens = (source: Source): readonly Finding[] => {
  const field = degreeField(source, "tp");
  const sentence = "torchtitan divides tokens between blocks wherever it divides matrices (0.2.2, parallelize.py).";
  return field !== undefined && degreeOf(source, "tp") > 1
    ? [{ kind: "assumed", key: "sp", text: "1", sentence, field }]
    : [];
};

const FSDP: Finding = {
  kind: "assumed",
  key: "shard",
  text: "fsdp2",
  sentence: "torchtitan's default (0.2.2, job_config.py:324): FSDP 2 of all GPUs that are left.",
};

/** Ranks with data of their own: copies, or parts by FSDP 2. */
const readData = (source: Source): readonly Finding[] => {
  const [shard, replicate] = [degreeField(source, "shard"), degreeField(source, "replicate")];
  const [parts, copies] = [degreeOf(source, "shard"), degreeOf(source, "replicate")];
  if (parts === 1 && shard !== undefined)
    return [{ kind: "read", field: replicate ?? shard, key: "shard", text: copies > 1 ? "ddp" : "none" }];
  const sharding: Finding = shard === undefined ? FSDP : { kind: "read", field: shard, key: "shard", text: "fsdp2" };
  if (replicate === undefined) return [sharding];
  const sentence =
    "Groups of GPUs have a copy each, parted within the group: it is counted as parted over all of them.";
  return [
    sharding,
    copies > 1
      ? { kind: "not-modelled", field: replicate, sentence }
      : { kind: "ignored", field: replicate, sentence: "There is one copy." },
  ];
};

/** All GPUs of a run, where the file says how many; NGPU of run_train.sh says it otherwise. */
const readGpus = (source: Source): readonly Finding[] => {
  const degrees = (Object.keys(NAMES) as readonly Degree[]).map((degree) => degreeOf(source, degree));
  const field = degreeField(source, "shard");
  if (field === undefined || degrees.some((degree) => degree < 1)) return [];
  return [{ kind: "read", field, key: "gpus", text: String(degrees.reduce((all, degree) => all * degree, 1)) }];
};

/** How GPUs share a run. */
const readDegrees = (source: Source): readonly Finding[] => [
  ...readDividing(source),
  ...readTokens(source),
  ...readData(source),
  ...readGpus(source),
];

const LOCAL = ["training.local_batch_size", "training.batch_size"];
const GLOBAL = ["training.global_batch_size"];
const MICRO = ["parallelism.pipeline_parallel_microbatch_size"];

/** @see torchtitan@73a0e697:torchtitan/config/job_config.py:253 */
const DEFAULT_ROWS = 8;

/** Rows of one rank in a step, as they are given. */
const readRows = (source: Source, rows: number, divide: number): Finding => {
  const field = fieldOf(source, LOCAL);
  if (field !== undefined && numberOf(field.value) !== undefined)
    return { kind: "read", field, key: "batch", text: String(rows / divide) };
  return {
    kind: "assumed",
    key: "batch",
    text: String(rows / divide),
    sentence: "torchtitan's default (0.2.2, job_config.py:253).",
  };
};

/** Micro batches of a step: those of a pipeline, and those that a global batch asks for. @see torchtitan@73a0e697:torchtitan/train.py, gradient_accumulation_steps */
const readSteps = (source: Source, rows: number, ofPipeline: number): readonly Finding[] => {
  const field = fieldOf(source, GLOBAL);
  const all = numberOf(field?.value);
  const pipeline: Finding = {
    kind: "assumed",
    key: "accum",
    text: String(ofPipeline),
    sentence: "Micro batches of the pipeline: local_batch_size over pipeline_parallel_microbatch_size.",
  };
  if (field === undefined || all === undefined || all < 1) return ofPipeline > 1 ? [pipeline] : [];
  const ranks = degreeOf(source, "shard") * degreeOf(source, "replicate");
  const steps = (all / (rows * ranks)) * ofPipeline;
  if (ranks > 0 && Number.isInteger(steps)) return [{ kind: "read", field, key: "accum", text: String(steps) }];
  const sentence =
    "How many micro batches it is depends on the number of GPUs, which the file does not say: one is counted.";
  return [{ kind: "not-modelled", field, sentence }];
};

/** The micro batch, and how many of them a step has. */
const readBatch = (source: Source): readonly Finding[] => {
  const rows = numberOf(valueOf(source, LOCAL)) ?? DEFAULT_ROWS;
  const micro = fieldOf(source, MICRO);
  const isPipeline = degreeOf(source, "pp") > 1;
  const divide = isPipeline ? rows / (numberOf(micro?.value) ?? 1) : 1;
  const isWhole = Number.isInteger(divide) && divide >= 1;
  const parts = isWhole ? divide : 1;
  const alone: readonly Finding[] =
    micro === undefined ? [] : [{ kind: "ignored", field: micro, sentence: "It counts in a pipeline." }];
  return [readRows(source, rows, parts), ...readSteps(source, rows, parts), ...alone];
};

/** Catalog models by torchtitan's name and flavor. @see torchtitan@73a0e697 (0.2.2):torchtitan/models/, each `__init__.py` */
const FLAVORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  llama3: { "8b": "llama-3.1-8b", "70b": "llama-3.1-70b", "405b": "llama-3.1-405b" },
  llama4: { "17bx16e": "llama-4-scout", "17bx128e": "llama-4-maverick" },
  deepseek_v3: { "16b": "deepseek-v2-lite", "671b": "deepseek-v3" },
  qwen3: {},
  gpt_oss: { "20b": "gpt-oss-20b", "120b": "gpt-oss-120b" },
};

/** Families that are none of language. */
const OTHERS = ["flux"];

/** The catalog's model of a name and flavor: by the list, by the family's own sizes, or by the files that it is loaded from. */
const modelOf = (
  { name, flavor, assets }: Readonly<{ name: string; flavor: string; assets: string }>,
  { catalog }: ReadWith,
): string | undefined => {
  const listed = ownValue(ownValue(FLAVORS, name) ?? {}, flavor.toLowerCase());
  const sized = name === "qwen3" ? catalogModel(`qwen3-${flavor}`, catalog) : undefined;
  const found = [listed, sized].find((id) => id !== undefined && Object.hasOwn(catalog.models, id));
  return found ?? (/debug/i.test(flavor) ? undefined : catalogModel(assets, catalog));
};

const textOf = (field: SourceField | undefined): string => wordOf(field?.value ?? "");

/** Which model is trained. */
const readFlavor = (source: Source, look: ReadWith): readonly Finding[] => {
  const name = fieldOf(source, "model.name");
  const flavor = fieldOf(source, "model.flavor");
  const assets = fieldOf(source, ["model.hf_assets_path", "model.tokenizer_path"]);
  const field = flavor ?? name;
  if (field === undefined) return [];
  const words = { name: textOf(name), flavor: textOf(flavor), assets: textOf(assets) };
  const aside: readonly Finding[] =
    name === undefined || name === field
      ? []
      : [{ kind: "ignored", field: name, sentence: "The flavor says which one." }];
  if (OTHERS.includes(words.name))
    return [{ kind: "refused", field, sentence: `${words.name} (${words.flavor}) is no language model.` }];
  const id = modelOf(words, look);
  if (id !== undefined) return [...aside, { kind: "read", field, key: "model", text: id }];
  const asked = `${words.name} ${words.flavor}`.trim();
  const sentence = `The catalog has no model ${quoted(asked)}. Add its config.json, or name another.`;
  return [...aside, unknownFinding(field, ["model", asked], sentence)];
};

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

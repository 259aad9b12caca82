// Arguments of transformers' Trainer: Liger kernels, optimizer, types, evaluation, DeepSpeed, and FSDP.

import {
  type Default,
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readFields,
  type Taken,
  type PlainValue,
  type Source,
  type SourceField,
  isSet,
  takeFlag,
  takeNumber,
  wordOf,
  sectionOf,
  defaultsOf,
  isOnField,
  isPositive,
  readIgnored,
  readUnmodelled,
  type Unmodelled,
  namesOf,
  quoted,
} from "#interop/import/source-fields.ts";
import { COMPILED, takeOptimizer } from "./field-values.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { lastNamePart } from "#interop/import/named-model.ts";
import { readDeepspeed } from "#interop/import/tools/deepspeed.ts";
import { readFsdp, readStrategy, strategyOf } from "./fsdp.ts";
import { readShipped, type ShippedJson } from "./shipped-deepspeed.ts";
import { readLiger } from "./liger-kernel.ts";

const BATCH = ["per_device_eval_batch_size", "per_gpu_eval_batch_size"];
const STRATEGY = ["eval_strategy", "evaluation_strategy"];

/** Of scripts, too: `IntervalStrategy.STEPS`. */
const EVALUATES = /(^|\.)(steps|epoch)$/i;

const takeList = (value: PlainValue): Taken => {
  const joins = takeFlag(value);
  return typeof joins === "string" ? String(1 - Number(joins)) : joins;
};

/** What an evaluation keeps, and where. @see transformers@5.14.1:training_args.py:1088-1115 */
const KEPT: readonly FieldRule[] = [
  { field: "prediction_loss_only", key: "evalkeep", take: (value) => (isOn(value) ? "loss" : null) },
  { field: "eval_accumulation_steps", key: "evalmove", take: takeNumber },
  { field: "eval_do_concat_batches", key: "evallist", take: takeList },
];

const GENERATES = "The evaluation generates tokens, and the file does not say how many: evalgen counts them.";

const generated = ({ fields }: Source): readonly Finding[] => {
  const field = fields.get("predict_with_generate");
  return field !== undefined && isOn(field.value) ? [{ kind: "not-modelled", field, sentence: GENERATES }] : [];
};

const NONE = "The file has no evaluation, of which this is the batch.";

const withoutEvaluation = (source: Source): readonly Finding[] =>
  BATCH.flatMap((name): readonly Finding[] => {
    const field = source.fields.get(name);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence: NONE }];
  });

/** The batch of an evaluation by its findings: as it is said, or as it is assumed. */
const batchIn = (findings: readonly Finding[]): string =>
  findings.map((found) => (found.kind === "read" || found.kind === "assumed" ? found.text : "")).join("");

/**
 * An evaluation that some fields turn on.
 *
 * @param on the fields that turn it on, which are listed as read
 * @param batch the fields that say its batch, and the tool's default
 */
export const readEvaluationOf = (
  source: Source,
  on: readonly SourceField[],
  batch: Pick<FieldRule, "field" | "otherwise">,
): readonly Finding[] => {
  const rows = readFields(source, [{ ...batch, key: "eval", take: takeNumber }]);
  return [
    ...rows,
    ...on.map((field) => ({ kind: "read", field, key: "eval", text: batchIn(rows), isPart: true }) as const),
    ...readFields(source, KEPT),
    ...generated(source),
  ];
};

/** What a tool over the Trainer has of its own: fields that turn an evaluation on, and what say what it keeps. */
export type OwnEvaluation = Readonly<{ switches?: readonly string[]; keeps?: readonly FieldRule[] }>;

/** A field that names a checkpoint to go on from, where the tool hands it to the Trainer: scripts need not. */
export const RESUMED_CHECKPOINT: FieldRule = {
  field: "resume_from_checkpoint",
  key: "resume",
  take: (value) => (isSet(value) ? "1" : null),
};

/**
 * The Trainer's evaluation: one is on where `eval_strategy` names steps or epochs, or where a switch is on. A file says nothing of `compute_metrics`, so the loss alone is kept.
 *
 * @param otherwise the batch that the tool takes by itself
 */
const readEvaluation = (
  source: Source,
  otherwise: Default,
  { switches = [], keeps = [] }: OwnEvaluation = {},
): readonly Finding[] => {
  const strategy = fieldOf(source, STRATEGY);
  const named = strategy !== undefined && EVALUATES.test(wordOf(strategy.value)) ? [strategy] : [];
  const switched = ["eval_on_start", ...switches].flatMap((name) => {
    const field = source.fields.get(name);
    return field !== undefined && isOn(field.value) ? [field] : [];
  });
  const on = [...named, ...switched];
  if (on.length === 0) return withoutEvaluation(source);
  return [...readFields(source, keeps), ...readEvaluationOf(source, on, { field: BATCH, otherwise })];
};

/** The keys that arguments of the Trainer say. */
export type TrainerKey = "batch" | "accum" | "optim" | "ckpt" | "eval";

const standsIn = defaultsOf("transformers' default (5.14.1, training_args.py:*).");

/** What transformers does where nobody says otherwise. @see transformers@5.14.1:training_args.py */
export const TRAINER_DEFAULTS: Readonly<Record<TrainerKey, Default>> = {
  batch: standsIn("8", "756"),
  accum: standsIn("1", "828"),
  optim: standsIn("adamw_torch_fused", "785"),
  ckpt: standsIn("0", "885"),
  eval: standsIn("8", "1086"),
};

/** The arguments that each say one key, whose names all libraries over the Trainer share. */
const rules = (defaults: Readonly<Record<TrainerKey, Default>>): readonly FieldRule[] => [
  {
    field: ["per_device_train_batch_size", "per_gpu_train_batch_size"],
    key: "batch",
    take: takeNumber,
    otherwise: defaults.batch,
  },
  { field: "gradient_accumulation_steps", key: "accum", take: takeNumber, otherwise: defaults.accum },
  { field: "optim", key: "optim", take: takeOptimizer, otherwise: defaults.optim },
  { field: "gradient_checkpointing", key: "ckpt", take: takeFlag, otherwise: defaults.ckpt },
  { field: "gradient_checkpointing_kwargs.use_reentrant", key: "reentrant", take: takeFlag },
];

/** What plain SGD becomes with a momentum among its arguments. @see transformers@5.14.1:trainer_optimizer.py, _get_sgd */
const momentum = (source: Source): readonly Finding[] => {
  const args = fieldOf(source, "optim_args");
  const optim = fieldOf(source, "optim");
  const isMomentum = optim?.value === "sgd" && args !== undefined && /momentum=0*\.?0*[1-9]/.test(wordOf(args.value));
  return isMomentum && args ? [{ kind: "read", field: args, key: "optim", text: "sgd_momentum" }] : [];
};

/** The type that matrix products are computed in. Where neither is on it is left open. */
const readCompute = (source: Source): readonly Finding[] =>
  (["bf16", "fp16"] as const).flatMap((name): readonly Finding[] => {
    const field = fieldOf(source, name);
    return field !== undefined && isOn(field.value) ? [{ kind: "read", field, key: "compute", text: name }] : [];
  });

const UNMODELLED: readonly Unmodelled[] = [
  {
    field: ["torch_compile", "torch_compile_backend", "torch_compile_mode", "torchdynamo"],
    when: isSet,
    sentence: COMPILED,
  },
  { field: "neftune_noise_alpha", when: isSet, sentence: "Noise on embeddings takes one more tensor of their size." },
  { field: "auto_find_batch_size", when: isOnField, sentence: "The batch becomes smaller where it does not fit." },
  {
    field: "label_smoothing_factor",
    when: isPositive,
    sentence: "Label smoothing computes the loss by another way, over the logarithms of all logits.",
  },
  { field: "ddp_bucket_cap_mb", when: isSet, sentence: "DDP's buckets are counted in PyTorch's usual size." },
  { field: ["use_cpu", "no_cuda"], when: isOnField, sentence: "The run is on the CPU, not on a GPU." },
  {
    field: "optim_target_modules",
    when: (value) => isSet(value) && !/^all[-_]linear$/.test(wordOf(value)),
    sentence: "The states of this optimizer are counted as those of every linear.",
  },
  {
    field: "optim_args",
    when: (value) => /rank|proj/.test(wordOf(value)),
    sentence: "The rank of this optimizer is counted as its library sets it.",
  },
];

/** Said of fields without effect on a training step. */
const ASIDE = {
  torch_empty_cache_steps: "It changes what is kept in reserve, not what is needed.",
};

/**
 * The arguments of the Trainer.
 *
 * @param evaluation what the tool has of its own
 */
export const readTrainingArguments = (
  source: Source,
  defaults: Partial<Readonly<Record<TrainerKey, Default>>> = {},
  { without = [], evaluation }: Readonly<{ without?: readonly LinkKey[]; evaluation?: OwnEvaluation }> = {},
): readonly Finding[] => {
  const standing = { ...TRAINER_DEFAULTS, ...defaults };
  return [
    ...readFields(
      source,
      rules(standing).filter(({ key }) => !without.includes(key)),
    ),
    ...(without.includes("liger") ? [] : readLiger(source)),
    ...momentum(source),
    ...readCompute(source),
    ...readEvaluation(source, standing.eval, evaluation),
    ...readUnmodelled(source, UNMODELLED),
    ...readIgnored(source, ASIDE),
  ];
};

/** transformers' default, from version 5 on. */
const PLACE = "transformers 5.14.1, training_args.py:2742";

/** `deepspeed`: a file, or what such a file holds. */
export const readDeepspeedField = (
  source: Source,
  files: Readonly<Record<string, ShippedJson>>,
): readonly Finding[] => {
  const section = sectionOf(source, "deepspeed");
  if (section.fields.size > 0) return readDeepspeed(section);
  const field = fieldOf(source, "deepspeed");
  if (field === undefined || !isSet(field.value)) return [];
  return readShipped(field, files);
};

/** `fsdp: full_shard auto_wrap offload` and its `fsdp_config`. @see transformers@5.14.1:training_args.py, _process_fsdp_args */
const readFsdpField = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "fsdp");
  if (field === undefined || !isSet(field.value)) return [];
  const found = readFsdp(sectionOf(source, "fsdp_config"), { version: 2, place: PLACE });
  const shard = found.find((each) => each.kind !== "refused" && "key" in each && each.key === "shard");
  const version = shard !== undefined && "text" in shard ? shard.text : "fsdp2";
  const words = isOn(field.value)
    ? []
    : namesOf(field.value).flatMap((name) => name.split(/\s+/).map((word) => word.toLowerCase()));
  const strategies = words.filter((word) => !["auto_wrap", "offload", ""].includes(word));
  return [
    { kind: "read", field, key: "shard", text: version },
    ...found,
    ...strategies.flatMap((word) => readStrategy(field, strategyOf(word), version)),
    ...(words.includes("offload") ? [{ kind: "read", field, key: "offload", text: "all" } as const] : []),
  ];
};

/** An `fsdp_config` that is a path. */
const readFsdpFile = (source: Source): readonly Finding[] => {
  const field = source.fields.get("fsdp_config");
  if (field === undefined || !isSet(field.value)) return [];
  const sentence = `${quoted(field.value)} is another file, which is not read.`;
  return [{ kind: "not-modelled", field, sentence, names: lastNamePart(wordOf(field.value)) }];
};

/** How the Trainer's own fields share a run: DeepSpeed, FSDP, or neither. */
export const readTrainerSharding = (
  source: Source,
  files: Readonly<Record<string, ShippedJson>>,
): readonly Finding[] => [...readDeepspeedField(source, files), ...readFsdpField(source), ...readFsdpFile(source)];

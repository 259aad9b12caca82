import { type Default, defaultsOf } from "#interop/import/defaults-of.ts";
import { COMPILED } from "#interop/import/tools/compiled.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, type FieldRule, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeFlag, takeNumber, wordOf } from "#interop/import/take.ts";
import { type OwnEvaluation, readEvaluation } from "./evaluation-arguments.ts";
import { readLiger } from "./liger-kernels.ts";
import { takeOptimizer } from "./optimizer-names.ts";
import {
  isOnField,
  isPositive,
  isSet,
  readAside,
  readUnmodelled,
  type Unmodelled,
} from "#interop/import/unmodelled.ts";

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
    ...readAside(source, ASIDE),
  ];
};

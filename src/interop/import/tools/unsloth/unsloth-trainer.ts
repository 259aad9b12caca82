// Unsloth's trainer fields: checkpointing, batch, row lengths.

import {
  type Default,
  defaultsOf,
  type Finding,
  fieldOf,
  isNone,
  isOn,
  type Source,
  type SourceField,
  numberOf,
  takeFlag,
  readFields,
} from "#interop/import/source-fields.ts";
import { readTrainingArguments, TRAINER_DEFAULTS, type TrainerKey } from "#interop/import/fields/training-arguments.ts";

const standsIn = defaultsOf("Unsloth's default (models/rl.py:*).");

/** Unsloth writes TRL's config classes anew, with defaults of its own. @see unsloth@015bdef0:unsloth/models/rl.py:3267-3301 */
const OF_TRL: Readonly<Record<TrainerKey, Default>> = {
  ...TRAINER_DEFAULTS,
  batch: standsIn("4", "3270"),
  accum: standsIn("2", "3271"),
  optim: standsIn("adamw_bnb_8bit", "3276"),
  eval: standsIn("4", "3267-3301"),
};

/** `num_generations`, where nothing says it. @see unsloth@015bdef0:unsloth/models/rl.py:3283 */
const GENERATIONS = 8;

const readAs = (field: SourceField, key: "ckpt" | "actoffload", text: string): Finding => ({
  kind: "read",
  field,
  key,
  text,
});

/** Layers are checkpointed in host memory by Unsloth's own way, unless something else is said. @see unsloth@015bdef0:unsloth/models/llama.py:3079 */
export const readUnslothCheckpointing = (adapt: Source, load: Source): readonly Finding[] => {
  const field = fieldOf(adapt, "use_gradient_checkpointing") ?? fieldOf(load, "use_gradient_checkpointing");
  const sentence = "Unsloth's default (models/llama.py:3079): use_gradient_checkpointing is “unsloth”.";
  if (field === undefined)
    return (["ckpt", "actoffload"] as const).map((key) => ({ kind: "assumed", key, text: "1", sentence }));
  if (field.value === "unsloth") return [readAs(field, "ckpt", "1"), readAs(field, "actoffload", "1")];
  return isOn(field.value)
    ? [readAs(field, "ckpt", "1"), readAs(field, "actoffload", "0")]
    : [readAs(field, "ckpt", "0"), readAs(field, "actoffload", "0")];
};

const DIVIDES = "The batch and its micro steps are a multiple of it: nothing is raised.";

/** A batch that generations do not divide into is raised to them. @see unsloth@015bdef0:unsloth/models/rl.py:3461-3481 */
const raisedBatch = (config: Source): readonly Finding[] => {
  const field = fieldOf(config, "num_generations");
  const valueOf = (name: string, otherwise: number): number => numberOf(fieldOf(config, name)?.value) ?? otherwise;
  const generations = valueOf("num_generations", GENERATIONS);
  const rows = valueOf("per_device_train_batch_size", 4) * valueOf("gradient_accumulation_steps", 2);
  const isSaid = ["steps_per_generation", "generation_batch_size"].some((name) => fieldOf(config, name) !== undefined);
  if (isSaid) return [];
  if (rows % generations === 0) return field === undefined ? [] : [{ kind: "ignored", field, sentence: DIVIDES }];
  const sentence = "The batch is raised to num_generations, which it has to be a multiple of (models/rl.py:3461).";
  const batch = fieldOf(config, "per_device_train_batch_size");
  return [
    ...(batch ? [{ kind: "ignored", field: batch, sentence } as const] : []),
    field === undefined
      ? { kind: "assumed", key: "batch", text: String(generations), sentence }
      : { kind: "read", field, key: "batch", text: String(generations) },
  ];
};

/** Of one of TRL's config classes, or of transformers' own arguments. */
export const readUnslothTrainer = (
  config: Source,
  { isOfTrl, generates }: Readonly<{ isOfTrl: boolean; generates: boolean }>,
): readonly Finding[] => {
  const raised = generates ? raisedBatch(config) : [];
  const isRaised = raised.some((found) => found.kind !== "ignored");
  const without = isRaised ? (["ckpt", "batch", "reentrant"] as const) : (["ckpt", "reentrant"] as const);
  return [
    ...readTrainingArguments(config, isOfTrl ? OF_TRL : {}, { without }),
    ...raised,
    ...readFields(config, [
      {
        field: "packing",
        key: "packing",
        take: takeFlag,
        otherwise: { text: "0", sentence: "TRL's default (trainer/sft_config.py:225): rows are not packed." },
      },
    ]),
  ];
};

/** TRL's own default for objectives on preferences, whose length Unsloth leaves alone. @see trl@f2cd5771:trl/trainer/dpo_config.py:188; unsloth@015bdef0:unsloth/models/rl.py:2525 (sft_trainer alone) */
const PREFERRED = "1024";

const OF_PAIRS = "The trainer's own max_length cuts rows of preferences.";

/** Rows of preferences are cut by the trainer's own length, whatever the model's is. */
const readPreferredLength = (load: Source, config: Source): readonly Finding[] => {
  const field = fieldOf(config, "max_length");
  const length = numberOf(field?.value);
  const ofModel = fieldOf(load, "max_seq_length");
  if (field !== undefined && isNone(field.value))
    return [
      { kind: "uncut", field },
      ...(ofModel ? [{ kind: "ignored", field: ofModel, sentence: OF_PAIRS } as const] : []),
    ];
  return [
    field === undefined || length === undefined
      ? { kind: "assumed", key: "seq", text: PREFERRED, sentence: "TRL's default (1.10, trainer/dpo_config.py:188)." }
      : { kind: "read", field, key: "seq", text: String(length) },
    ...(ofModel ? [{ kind: "ignored", field: ofModel, sentence: OF_PAIRS } as const] : []),
  ];
};

/** A length of its own, or Unsloth's where none is given. */
const lengthOf = (field: SourceField | undefined): Finding => {
  if (field !== undefined && isNone(field.value)) return { kind: "uncut", field };
  const length = numberOf(field?.value);
  return field === undefined || length === undefined
    ? { kind: "assumed", key: "seq", text: "2048", sentence: "Unsloth's default (models/loader.py:412)." }
    : { kind: "read", field, key: "seq", text: String(length) };
};

/** The shorter of two lengths counts; TRL's own `max_length` becomes the model's. @see unsloth@015bdef0:unsloth/models/rl.py:2512-2549 */
const readShorterLength = (load: Source, config: Source): readonly Finding[] => {
  const ofModel = fieldOf(load, "max_seq_length");
  const ofRows = fieldOf(config, "max_seq_length");
  const others = fieldOf(config, "max_length");
  const [model, rows] = [numberOf(ofModel?.value), numberOf(ofRows?.value)];
  const shorter = rows !== undefined && rows < (model ?? rows + 1) ? ofRows : ofModel;
  const left = [ofModel, ofRows].filter((field) => field !== undefined && field !== shorter);
  return [
    lengthOf(shorter),
    ...left.flatMap((field): readonly Finding[] =>
      field ? [{ kind: "ignored", field, sentence: "The other length counts, which is not longer." }] : [],
    ),
    ...(others
      ? [{ kind: "ignored", field: others, sentence: "Unsloth takes the model's max_seq_length for it." } as const]
      : []),
  ];
};

const PREFERENCES = /^(DPO|KTO|ORPO|CPO|BCO)$/;

const OF_PROMPTS = "Prompts and completions have lengths of their own.";

/** A run of an objective that is counted has its lengths from its config: the model's own is no row's. */
const readAside = (load: Source): readonly Finding[] => {
  const field = fieldOf(load, "max_seq_length");
  return field === undefined ? [] : [{ kind: "ignored", field, sentence: OF_PROMPTS }];
};

/** How long rows are, by what a trainer trains for. @param isGenerated whether a config says prompts and completions, which another reader reads */
export const readUnslothLength = (
  load: Source,
  config: Source,
  { objective, isGenerated }: Readonly<{ objective: string; isGenerated: boolean }>,
): readonly Finding[] => {
  if (isGenerated) return readAside(load);
  return PREFERENCES.test(objective) ? readPreferredLength(load, config) : readShorterLength(load, config);
};

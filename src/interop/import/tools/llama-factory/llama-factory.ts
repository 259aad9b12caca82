// Readers of LLaMA-Factory's YAML and commands: objective and training step.

import type { ObjectiveId } from "#calc/model/objective.ts";
import { readModel } from "#interop/import/named-model.ts";
import {
  unknownFinding,
  type ToolReader,
  type Finding,
  fieldOf,
  type PlainValue,
  type Source,
  numberOf,
  quoted,
  wordOf,
  isSet,
  readIgnored,
  readUnmodelled,
  type Unmodelled,
  type FieldRule,
  isOn,
  readFields,
  takeFlag,
  takeNumber,
  takeWord,
  valueOf,
} from "#interop/import/source-fields.ts";
import { type RunsTrl, withTrlNames, countedAsTrl } from "#interop/import/fields/trl-runs.ts";
import { countedObjective } from "#interop/import/fields/counted-objective.ts";
import { TRL_OBJECTIVE_DEFAULTS, readObjectiveFields } from "#interop/import/fields/objective-fields.ts";
import { factoryDefault, readFactoryMethod } from "./llama-factory-method.ts";
import { COUNTED_RANK, HARMLESS_OF_FACTORY, UNMODELLED_OF_FACTORY } from "./uncounted-fields.ts";
import type { Catalog } from "#catalog/catalog.ts";
import {
  type OwnEvaluation,
  RESUMED_CHECKPOINT,
  readTrainingArguments,
  readTrainerSharding,
} from "#interop/import/fields/training-arguments.ts";
import { JSONS_OF_LLAMA_FACTORY } from "#interop/import/fields/shipped-deepspeed.ts";
import { withLauncher } from "#interop/import/tools/launcher.ts";

const PREFERENCE =
  "A preference objective has further forwards, a reference model and rows in pairs, none of which is counted: a step of plain fine-tuning is.";
const PACKED = "A reference that is packed otherwise than the policy: it is counted as the policy is.";

const OTHER_STAGE = /^(rm|dpo|kto|ppo)$/;

const preference = (field: string): Unmodelled => ({ field, when: isSet, sentence: PREFERENCE });

/** What is said where an objective is not counted. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py */
const UNCOUNTED: readonly Unmodelled[] = [
  ...["pref_beta", "pref_ftx", "pref_loss", "pref_bco_weight", "simpo_gamma", "ref_model", "ref_model_adapters"].map(
    preference,
  ),
  ...["ref_model_quantization_bit", "reward_model", "reward_model_adapters", "reward_model_quantization_bit"].map(
    preference,
  ),
];

const FOUR = 4;
const isFour = (value: PlainValue): boolean => numberOf(value) === FOUR;

const UNMODELLED: readonly Unmodelled[] = [
  { field: "ref_model_quantization_bit", when: (value) => isSet(value) && !isFour(value), sentence: PACKED },
  {
    field: "ref_model_adapters",
    when: isSet,
    sentence: "Adapters of the reference are not counted.",
  },
];

const ADDED = "It adds numbers that are there, one a row: no memory follows from it.";
const ASIDE = { pref_ftx: ADDED, pref_bco_weight: ADDED };

/** Losses of its trainer of pairs that have no reference. @see LLaMA-Factory@ff6d4d12:src/llamafactory/train/dpo/trainer.py, compute_preference_loss */
const WITHOUT_REFERENCE = /^(orpo|simpo)$/;

/** What a run trains for, as far as that is counted. */
const factoryObjective = (source: Source): ObjectiveId | undefined => {
  const stage = wordOf(fieldOf(source, "stage")?.value ?? "");
  if (!OTHER_STAGE.test(stage)) return undefined;
  const loss = wordOf(fieldOf(source, "pref_loss")?.value ?? "");
  return countedObjective(stage === "dpo" && WITHOUT_REFERENCE.test(loss) ? loss : stage);
};

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/train/trainer_utils.py, create_ref_model */
const readPacked = (source: Source, found: Finding): readonly Finding[] => {
  const field = fieldOf(source, "ref_model_quantization_bit");
  const isCopy = found.kind === "read" && found.key === "ref" && found.text === "copy";
  return !isCopy || field === undefined || !isFour(field.value)
    ? [found]
    : [
        { ...found, text: "copy-4bit" },
        { kind: "read", field, key: "ref", text: "copy-4bit", isPart: true },
      ];
};

const NAMES = {
  beta: "pref_beta",
  loss_type: "pref_loss",
  simpo_gamma: "simpo_gamma",
  ld_alpha: "ld_alpha",
  label_smoothing: "dpo_label_smoothing",
  ref_model: "ref_model",
  model_name_or_path: "model_name_or_path",
};

const NEXT_TOKENS = /^(sft|pt)$/;

/** A stage that is none of next tokens and is not counted. */
const readStage = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "stage");
  return field === undefined || !isSet(field.value) || NEXT_TOKENS.test(wordOf(field.value))
    ? []
    : [unknownFinding(field, "objective", `Headroom does not estimate the stage ${quoted(field.value)}.`)];
};

/** A stage that is counted, and what its fields say of it; of another one that it changes memory. */
const readFactoryObjective = (source: Source): readonly Finding[] => {
  const objective = factoryObjective(source);
  if (objective === undefined) return [...readStage(source), ...readUnmodelled(source, UNCOUNTED)];
  const loss = fieldOf(source, "pref_loss");
  const isOfLoss = loss !== undefined && WITHOUT_REFERENCE.test(wordOf(loss.value));
  const fields = [fieldOf(source, "stage"), isOfLoss ? loss : undefined].filter((field) => field !== undefined);
  return [
    ...fields.map((field): Finding => ({ kind: "read", field, key: "objective", text: objective })),
    ...readObjectiveFields(withTrlNames(source, NAMES), objective, {
      completion: TRL_OBJECTIVE_DEFAULTS.completion,
      beta: TRL_OBJECTIVE_DEFAULTS.beta,
    }).flatMap((found) => readPacked(source, found)),
    ...readUnmodelled(source, UNMODELLED),
    ...readIgnored(source, ASIDE),
  ];
};

/** Its trainers hold all logits in fp32. @see LLaMA-Factory@ff6d4d12:src/llamafactory/train/dpo/trainer.py, concatenated_forward; its pyproject.toml, trl 0.18 to 0.24 */
const FACTORY_RUNS: RunsTrl = {
  tool: "LLaMA-Factory",
  stack: "llama-factory",
  runs: "LLaMA-Factory 0.9.5 has trainers of its own over TRL up to 0.24, with whole logits",
  without: "without what its own do otherwise",
  isWhole: true,
};

/** Its names of attention; `auto` leaves it to transformers. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/attention.py */
const ATTENTION = takeWord({ auto: null, disabled: "eager", sdpa: "sdpa", fa2: "flash", fa3: "flash" });

/** @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/data_args.py:46, hparams/model_args.py (lines 117 to 150) */
const RULES: readonly FieldRule[] = [
  {
    field: "cutoff_len",
    key: "seq",
    take: takeNumber,
    isLength: true,
    otherwise: factoryDefault("2048", "hparams/data_args.py:46"),
  },
  { field: "flash_attn", key: "attn", take: ATTENTION },
  { field: ["enable_liger_kernel", "use_liger_kernel"], key: "liger", take: takeFlag },
  { field: "use_unsloth_gc", key: "actoffload", take: takeFlag },
  { field: "use_reentrant_gc", key: "reentrant", take: takeFlag },
];

const stageOf = (source: Source): string => wordOf(fieldOf(source, "stage")?.value ?? "sft");

/** Rows full of samples: by a field, or in pre-training. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/parser.py:645, data_args.py:185 */
const packing = (source: Source): readonly Finding[] => {
  const neat = fieldOf(source, "neat_packing");
  if (neat !== undefined && isOn(neat.value)) return [{ kind: "read", field: neat, key: "packing", text: "1" }];
  const stage = stageOf(source);
  return readFields(source, [
    {
      field: "packing",
      key: "packing",
      take: takeFlag,
      otherwise: factoryDefault(stage === "pt" ? "1" : "0", "hparams/parser.py:645: on in pre-training alone"),
    },
  ]);
};

/** On unless it is switched off. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/model_utils/checkpointing.py:184 */
const checkpointing = (source: Source): readonly Finding[] =>
  readFields(source, [
    {
      field: "disable_gradient_checkpointing",
      key: "ckpt",
      take: (value) => (isOn(value) ? "0" : "1"),
      otherwise: factoryDefault("1", "hparams/model_args.py:145"),
    },
  ]);

/** Liger's fused loss is for plain fine-tuning and pre-training. @see LLaMA-Factory@ff6d4d12:src/llamafactory/model/loader.py:142 */
const loss = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, ["enable_liger_kernel", "use_liger_kernel"]);
  const isFused = ["sft", "pt"].includes(stageOf(source));
  return field !== undefined && isOn(field.value) && !isFused
    ? [{ kind: "read", field, key: "loss", text: "full" }]
    : [];
};

/** Without a type nothing runs under autocast. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/parser.py:640 */
const autocast = (source: Source): readonly Finding[] => {
  if (isOn(valueOf(source, "bf16")) || isOn(valueOf(source, "fp16"))) return [];
  const field = fieldOf(source, "pure_bf16");
  if (field !== undefined && isOn(field.value)) return [{ kind: "read", field, key: "autocast", text: "0" }];
  const none = { text: "0", sentence: "Neither bf16 nor fp16 is on, so that nothing runs under autocast." };
  return [{ kind: "assumed", key: "autocast", ...none }];
};

/** Optimizers that are switched on by a field of their own. @see LLaMA-Factory@ff6d4d12:src/llamafactory/hparams/finetuning_args.py */
const SWITCHES = [
  { name: "use_galore", optim: "galore_adamw", rank: "galore_rank" },
  { name: "use_apollo", optim: "apollo_adamw", rank: "apollo_rank" },
  { name: "use_muon", optim: "muon", rank: null },
] as const;

const OWN_RANK = `LLaMA-Factory's rank where none is said is 16 (0.9.5, hparams/finetuning_args.py:279, 318): ${COUNTED_RANK} is counted.`;

const optimizer = (source: Source): readonly Finding[] =>
  SWITCHES.flatMap(({ name, optim, rank }): readonly Finding[] => {
    const field = fieldOf(source, name);
    if (field === undefined) return [];
    if (!isOn(field.value)) return [{ kind: "ignored", field, sentence: "It is off." }];
    const isOpen = rank !== null && fieldOf(source, rank) === undefined;
    return [
      { kind: "read", field, key: "optim", text: optim },
      ...(isOpen ? [{ kind: "not-modelled", field, sentence: OWN_RANK } as const] : []),
    ];
  });

/** Lengths, packing, checkpoints, kernels, types: what a step does beside what is trained. */
const readFactoryStep = (source: Source): readonly Finding[] => [
  ...readFields(source, RULES),
  ...packing(source),
  ...checkpointing(source),
  ...loss(source),
  ...autocast(source),
  ...optimizer(source),
];

/** Fields of a file that trains. */
const OF_TRAINING = [
  "stage",
  "do_train",
  "dataset",
  "output_dir",
  "learning_rate",
  "cutoff_len",
  "num_train_epochs",
  "per_device_train_batch_size",
];

const NO_TRAINING = "The file trains nothing: it predicts, evaluates, chats or exports.";

/** Whether a file trains; `do_predict` without `do_train` predicts alone. */
const trains = (source: Source): boolean =>
  isOn(valueOf(source, "do_train")) ||
  (OF_TRAINING.some((name) => source.fields.has(name)) &&
    !["do_predict", "do_eval"].some((name) => isOn(valueOf(source, name))));

/** Fields that no other tool has. */
const OWN = ["finetuning_type", "cutoff_len", "quantization_bit", "lora_rank", "template", "flash_attn"];

/** `do_eval` evaluates once more when training has ended; `compute_accuracy` keeps the argmax. @see LLaMA-Factory:src/llamafactory/train/sft/workflow.py, run_sft */
const EVALUATION: OwnEvaluation = {
  switches: ["do_eval"],
  keeps: [{ field: "compute_accuracy", key: "evalkeep", take: (value) => (isOn(value) ? "argmax" : null) }],
};

const readWhole = (source: Source, catalog: Catalog): readonly Finding[] => [
  ...readModel(fieldOf(source, "model_name_or_path"), catalog),
  // The Trainer's own switch of checkpoints is not asked: the library has one of its own.
  ...readTrainingArguments(source, {}, { without: ["ckpt", "liger", "reentrant"], evaluation: EVALUATION }),
  ...readFactoryMethod(source),
  ...readFactoryStep(source),
  ...readFields(source, [RESUMED_CHECKPOINT]),
  ...readTrainerSharding(source, JSONS_OF_LLAMA_FACTORY),
  ...readFactoryObjective(source),
  ...readUnmodelled(source, UNMODELLED_OF_FACTORY),
];

const readRun = (source: Source, catalog: Catalog): readonly Finding[] => {
  const objective = factoryObjective(source);
  const findings = readWhole(source, catalog);
  return objective === undefined ? findings : countedAsTrl(findings, objective, FACTORY_RUNS);
};

/** LLaMA-Factory's YAML. @see LLaMA-Factory@ff6d4d12 (0.9.5):src/llamafactory/hparams/ */
export const LLAMA_FACTORY_READER: ToolReader = {
  id: "llama-factory",
  name: "LLaMA-Factory 0.9.5",
  stack: "llama-factory",
  says: "run",
  recognises: ({ fields }) => fields.has("model_name_or_path") && OWN.some((name) => fields.has(name)),
  read: (source, { catalog }) =>
    trains(source) ? readRun(source, catalog) : [{ kind: "refused", field: null, sentence: NO_TRAINING }],
  harmless: HARMLESS_OF_FACTORY,
};

const NEXT = "LLaMA-Factory's new format, of its version 1, is not read; that of 0.9 is.";

/** The format of its version 1, which is being written. @see LLaMA-Factory@ff6d4d12:examples/v1/ */
export const NEXT_LLAMA_FACTORY_READER: ToolReader = {
  ...LLAMA_FACTORY_READER,
  id: "llama-factory-1",
  name: "LLaMA-Factory 1",
  recognises: ({ fields }) =>
    fields.has("model") && ["train_dataset", "peft_config.name", "dist_config.name"].some((name) => fields.has(name)),
  read: ({ fields }) => [{ kind: "refused", field: fields.get("model") ?? null, sentence: NEXT }],
};

/** LLaMA-Factory's fields as flags of a command line, with what launches it. */
export const LLAMA_FACTORY_COMMAND_READER: ToolReader = withLauncher(LLAMA_FACTORY_READER);

import type { ObjectiveId } from "#calc/model/objective.ts";
import { askedUnknown } from "#interop/import/asked-unknown.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { RunsTrl } from "#interop/import/objective/as-trl.ts";
import { countedObjective } from "#interop/import/objective/counted-objective.ts";
import { OF_TRL, readCounted } from "#interop/import/objective/read-counted.ts";
import { renamed } from "#interop/import/objective/renamed.ts";
import { fieldOf } from "#interop/import/read-fields.ts";
import type { Plain, Source } from "#interop/import/source.ts";
import { numberOf, quoted, wordOf } from "#interop/import/take.ts";
import { isSet, readAside, readUnmodelled, type Unmodelled } from "#interop/import/unmodelled.ts";

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
const isFour = (value: Plain): boolean => numberOf(value ?? undefined) === FOUR;

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
export const factoryObjective = (source: Source): ObjectiveId | undefined => {
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
    : [askedUnknown(field, "objective", `Headroom does not estimate the stage ${quoted(field.value)}.`)];
};

/** A stage that is counted, and what its fields say of it; of another one that it changes memory. */
export const readFactoryObjective = (source: Source): readonly Finding[] => {
  const objective = factoryObjective(source);
  if (objective === undefined) return [...readStage(source), ...readUnmodelled(source, UNCOUNTED)];
  const loss = fieldOf(source, "pref_loss");
  const isOfLoss = loss !== undefined && WITHOUT_REFERENCE.test(wordOf(loss.value));
  const fields = [fieldOf(source, "stage"), isOfLoss ? loss : undefined].filter((field) => field !== undefined);
  return [
    ...fields.map((field): Finding => ({ kind: "read", field, key: "objective", text: objective })),
    ...readCounted(renamed(source, NAMES), objective, { completion: OF_TRL.completion, beta: OF_TRL.beta }).flatMap(
      (found) => readPacked(source, found),
    ),
    ...readUnmodelled(source, UNMODELLED),
    ...readAside(source, ASIDE),
  ];
};

/** Its trainers hold all logits in fp32. @see LLaMA-Factory@ff6d4d12:src/llamafactory/train/dpo/trainer.py, concatenated_forward; its pyproject.toml, trl 0.18 to 0.24 */
export const FACTORY_RUNS: RunsTrl = {
  tool: "LLaMA-Factory",
  stack: "llama-factory",
  runs: "LLaMA-Factory 0.9.5 has trainers of its own over TRL up to 0.24, with whole logits",
  without: "without what its own do otherwise",
  isWhole: true,
};

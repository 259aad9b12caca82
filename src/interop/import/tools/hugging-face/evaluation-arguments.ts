import {
  type Default,
  type Finding,
  fieldOf,
  type FieldRule,
  isOn,
  readFields,
  type Taken,
  type Plain,
  type Source,
  type SourceField,
  isSet,
  takeFlag,
  takeNumber,
  wordOf,
} from "#interop/import/read-fields.ts";

const BATCH = ["per_device_eval_batch_size", "per_gpu_eval_batch_size"];
const STRATEGY = ["eval_strategy", "evaluation_strategy"];

/** Of scripts, too: `IntervalStrategy.STEPS`. */
const EVALUATES = /(^|\.)(steps|epoch)$/i;

const takeList = (value: Plain): Taken => {
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
export const RESUMES: FieldRule = {
  field: "resume_from_checkpoint",
  key: "resume",
  take: (value) => (isSet(value) ? "1" : null),
};

/**
 * The Trainer's evaluation: one is on where `eval_strategy` names steps or epochs, or where a switch is on. A file says nothing of `compute_metrics`, so the loss alone is kept.
 *
 * @param otherwise the batch that the tool takes by itself
 */
export const readEvaluation = (
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

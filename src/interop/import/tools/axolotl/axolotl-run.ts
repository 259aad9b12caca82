import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, readFields } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { numberOf, takeNumber, wordOf } from "#interop/import/take.ts";
import { isPositive, isSet } from "#interop/import/unmodelled.ts";
import { readEvaluationOf, RESUMES } from "#interop/import/tools/hugging-face/evaluation-arguments.ts";

const BATCH = "eval_batch_size";
const NO_ROWS = "There is nothing to evaluate with: neither val_set_size nor test_datasets.";
const NEVER = "No evaluation is due: neither eval_steps, evals_per_epoch nor eval_strategy says when.";

/** What rows there are to evaluate with: a part of the training set, or a set of its own. */
const rowsOf = (source: Source): SourceField | undefined => {
  const part = fieldOf(source, "val_set_size");
  if (part !== undefined && isPositive(part.value)) return part;
  return [...source.fields.values()].find(({ path, value }) => /^test_datasets\b/.test(path) && isSet(value));
};

/** What says when an evaluation is due. */
const dueBy = (source: Source): SourceField | undefined => {
  const steps = ["eval_steps", "evals_per_epoch"].map((name) => fieldOf(source, name));
  const named = fieldOf(source, ["eval_strategy", "evaluation_strategy"]);
  return (
    steps.find((field) => field !== undefined && isPositive(field.value)) ??
    (named !== undefined && isSet(named.value) && /^(steps|epoch)$/.test(wordOf(named.value)) ? named : undefined)
  );
};

/** The batch where the file says none: that of training, which is 1 where it says none either. */
const asTrained = (source: Source): string => String(numberOf(fieldOf(source, "micro_batch_size")?.value) ?? 1);

/**
 * An evaluation is on where there are rows for it, and something says when it is due.
 *
 * @see axolotl@067b021c:src/axolotl/core/builders/base.py, _configure_save_and_eval_strategy; utils/config/__init__.py, normalize_config
 */
const evaluation = (source: Source): readonly Finding[] => {
  const [rows, due] = [rowsOf(source), dueBy(source)];
  if (rows === undefined || due === undefined) {
    const field = fieldOf(source, BATCH);
    return field === undefined ? [] : [{ kind: "ignored", field, sentence: rows === undefined ? NO_ROWS : NEVER }];
  }
  const sentence = "Axolotl evaluates with the batch of training (0.18, utils/config/__init__.py, normalize_config).";
  return [
    ...readEvaluationOf(source, [rows, due], { field: BATCH, otherwise: { text: asTrained(source), sentence } }),
    ...readFields(source, [{ field: "eval_sequence_len", key: "evalseq", take: takeNumber }]),
  ];
};

/** What a run does beside its steps: it evaluates, and goes on from a checkpoint. */
export const readAxolotlRun = (source: Source): readonly Finding[] => [
  ...evaluation(source),
  ...readFields(source, [RESUMES]),
];

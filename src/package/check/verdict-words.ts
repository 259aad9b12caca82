import { availableOn } from "#scenario/choices/in-use.ts";
import { gibWords } from "#advice/card-words.ts";
import { formatGib } from "#format/bytes.ts";
import { capitalised } from "#format/capitalised.ts";
import { cardWords } from "#format/card-words.ts";
import { cannotRunWords } from "#scenario/choices/cannot-run.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { runMomentWords } from "#format/run-moment-words.ts";
import { fitOf } from "#scenario/choices/answer.ts";
import { notKnownSentence } from "#scenario/choices/not-known.ts";
import { type Checked, type EstimatedRun, isEstimated, type Outcome } from "./checked.ts";

/** An outcome in two or three words, after a file's name. */
export const OUTCOME_NAMES: Readonly<Record<Outcome, string>> = {
  fits: "fits",
  tight: "may not fit",
  over: "does not fit",
  "cannot-run": "cannot run",
  "not-known": "is not known to fit",
  "not-readable": "cannot be read",
};

/** The moment that a run's figures are of, where that is none of the training step: " in evaluation at batch 8". */
const momentWords = ({ answer: { choices }, method: { run } }: EstimatedRun): string =>
  run === undefined || run.worst.id === "step" ? "" : ` in ${runMomentWords(run.worst.id, choices.eval)}`;

const figures = (run: EstimatedRun): string => {
  const { gpu, choices } = run.answer;
  const { estimate, card, run: whole } = run.method;
  const { headroomBytes } = whole ?? card;
  const left = fitOf(run.method) === "tight" ? "free" : "to spare";
  const spare = `${gibWords(headroomBytes)} ${headroomBytes < 0 ? "too much" : left}`;
  const usable = `${formatGib(availableOn(choices, gpu.usableBytes))}${gpu.estimated ? " (estimated)" : ""}`;
  const needed = `${gibWords((whole?.worst ?? estimate).onCardBytes)} needed${momentWords(run)}`;
  return `${needed}${choices.gpus > 1 ? " on each" : ""} of ${usable}, ${spare}`;
};

/** What the engine says of a run as it was read: "QLoRA of Llama 3.1 8B fits an H100: 12.3 GiB needed of 79.2, 66.9 to spare." */
const runWords = (run: EstimatedRun): string => {
  const { answer, method } = run;
  const { gpu, choices, model } = answer;
  const what = `${capitalised(METHOD_NAMES[method.method].inSentence)} of ${model.name}`;
  const { cannotRun } = method.card;
  if (cannotRun !== null) return `${what} ${cannotRunWords(cannotRun, gpu, choices.gpus)}.`;
  const cards = cardWords(gpu.shortName, choices.gpus);
  const verb = { fits: "fits", tight: "may not fit", over: "does not fit", "cannot-run": "cannot run on" }[
    fitOf(method)
  ];
  return `${what} ${verb} ${cards}: ${figures(run)}.`;
};

const notModelled = (count: number): string =>
  count === 1 ? "one field changes memory and is not modelled" : `${count} fields change memory and are not modelled`;

/** The verdict of a check, in a sentence or two. */
export const verdictWords = (checked: Checked): string => {
  if ("refusals" in checked)
    return checked.refusals
      .map(({ file, line, sentence }) => `${file}${line === null ? "" : `:${line}`}: ${sentence}`)
      .join(" ");
  const { run, outcome } = checked;
  if (!isEstimated(run)) return `Not known: ${notKnownSentence(run.answer.notKnown)}`;
  if (outcome !== "not-known") return runWords(run);
  const { length } = run.imported.lists.notModelled;
  return `Not known: ${notModelled(length)}. Without ${length === 1 ? "it" : "them"}: ${runWords(run)}`;
};

/** What to change first: "Fused loss"; null where it fits, or is not known to. */
export const changeWords = (checked: Checked): string | null => {
  if (checked.outcome !== "over" && checked.outcome !== "cannot-run") return null;
  const { change } = checked.run;
  return change === null ? "no set of changes makes it fit" : change.knobs.map(({ title }) => title).join(" + ");
};

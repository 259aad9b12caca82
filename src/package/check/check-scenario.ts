import { smallestSet } from "#advice/smallest-set.ts";
import { runThrough } from "#advice/run-through.ts";
import { tryOut } from "#advice/trial.ts";
import { turnKnobs } from "#advice/turn-knobs.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Refusal } from "#interop/import/source.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { type Answer, fitOf } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import type { CheckCase } from "./check-file.ts";
import type { Checked, CheckedRun } from "./checked.ts";
import type { GoesBefore } from "./goes-before.ts";
import { importBeside } from "./import-beside.ts";

/** What a card has to hold is that of a run: defaults of ours in its place would be nobody's. */
const PART = "That is only a part of a run. Name the file of the run, too, or say the rest in a link.";

const cardNotes = ({ gpu }: Answer, { texts }: GoesBefore): readonly string[] =>
  texts["gpu"] === undefined ? [`No card was named: --gpu names one. It is held against ${gpu.name}.`] : [];

/** An import whose lists say nothing of the card: that it was not named is a note of the check's own. */
const withoutCard = (imported: CheckedRun["imported"]): CheckedRun["imported"] => {
  const assumed = imported.lists.assumed.filter(({ key }) => key !== "gpu");
  return { ...imported, lists: { ...imported.lists, assumed } };
};

/** True if the files are readable and belong to a tool that Headroom knows only by name. */
const isNotKnown = (refusals: readonly Refusal[]): boolean => refusals.some(({ reason }) => reason === "not-known");

const changeOf = (choices: Choices): CheckedRun["change"] => {
  const start = tryOut(choices, FULL_CATALOG);
  const turned = runThrough(turnKnobs(start, FULL_CATALOG));
  return runThrough(smallestSet(start, turned, { catalog: FULL_CATALOG }));
};

/** Holds what was read of files against the card. */
const checkedRun = (name: string, imported: CheckedRun["imported"], before: GoesBefore): Checked => {
  const choices = { ...imported.choices, show: [imported.choices.method] };
  const answer = toAnswer(choices, FULL_CATALOG);
  const read = { imported: withoutCard(imported), answer };
  if (answer.notKnown.length > 0)
    return { name, outcome: "not-known", run: { ...read, method: null, notes: [], change: null } };
  const [method] = answer.methods;
  if (method === undefined) throw new Error("The method in focus is not among the methods of the answer.");
  const fit = fitOf(method);
  const isWayOut = fit === "fits" || fit === "tight";
  const run = {
    ...read,
    method,
    notes: [...cardNotes(answer, before), ...answer.notCounted, ...answerIssues(answer).map(({ message }) => message)],
    change: isWayOut ? null : changeOf(choices),
  };
  return imported.lists.notModelled.length > 0 ? { name, outcome: "not-known", run } : { name, outcome: fit, run };
};

/**
 * Reads the files of one scenario, and holds what it takes against the card.
 *
 * @param before what goes before all that the files say
 */
export const checkScenario = ({ name, files, isPart }: CheckCase, before: GoesBefore): Checked => {
  if (isPart && !before.isLinked) {
    const refusals = [{ file: files[0]?.name ?? "", line: null, sentence: PART }];
    return { name, outcome: "not-readable", refusals };
  }
  const imported = importBeside(files, before);
  if (imported.kind === "refused") {
    const { refusals } = imported;
    return { name, outcome: isNotKnown(refusals) ? "not-known" : "not-readable", refusals };
  }
  return checkedRun(name, imported, before);
};

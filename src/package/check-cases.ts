// Scenarios that `check` finds in training files, each tested against its GPU.

import { ALL_TOOLS, type RecognizedFile, withCommandsAsParts } from "#interop/import/runs.ts";
import { readSource } from "#interop/import/formats/text-source.ts";
import { isRefusal, type GivenFile, type Refusal } from "#interop/import/source-fields.ts";
import { smallestSet, type SmallestSet } from "#advice/change-offers.ts";
import { runToEnd, evaluateTrial } from "#advice/trial.ts";
import { turnKnobs } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import { type Answer, fitOf, type MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { type Overrides, importWithOverrides } from "./import-overrides.ts";
import type { Imported } from "#interop/import/import-result.ts";

/** What a file says: a run, a part of one, or (`none`) nothing that can be read. */
type Says = "run" | "part" | "none";

const recognisedOf = (file: CheckFile): RecognizedFile | null => {
  const source = readSource(file);
  if (isRefusal(source)) return null;
  const tool = ALL_TOOLS.find((each) => each.recognises(source));
  return tool === undefined ? null : { source, tool };
};

const saysOf = (files: readonly CheckFile[]): readonly Says[] => {
  const recognised = files.map(recognisedOf);
  const known = withCommandsAsParts(recognised.filter((each) => each !== null));
  let next = 0;
  return recognised.map((each) => (each === null ? "none" : (known[next++]?.tool.says ?? "none")));
};

/** Whether one of two files has the name of the other in its text: a YAML that of its DeepSpeed JSON, a command that of the YAML that it starts. */
const belong = (run: CheckFile, part: CheckFile): boolean =>
  run.text.includes(part.name) || part.text.includes(run.name);

/**
 * Files as the scenarios that they are. One run takes all files with it. Of several runs each is a scenario of its own: a file that says only a part goes with the runs
 * that belong to it by name, or else with all of them; a file that cannot be read stands alone.
 */
export const checkCases = (files: readonly CheckFile[]): readonly CheckCase[] => {
  const says = saysOf(files);
  const of = (kind: Says): readonly CheckFile[] => files.filter((_, index) => says[index] === kind);
  const [runs, parts] = [of("run"), of("part")];
  if (files.length === 0) return [];
  const isPart = parts.length === files.length;
  if (runs.length < 2) return [{ name: (runs[0] ?? files[0])?.path ?? "", files, isPart }];
  const partsOf = (run: CheckFile): readonly CheckFile[] =>
    parts.filter((part) => belong(run, part) || !runs.some((other) => belong(other, part)));
  return files.flatMap((file, index) => {
    if (says[index] === "part") return [];
    return [{ name: file.path, files: says[index] === "run" ? [file, ...partsOf(file)] : [file], isPart: false }];
  });
};

/** A file to be checked, and where it lies, as it was asked for. */
type CheckFile = GivenFile & Readonly<{ path: string }>;

/** Files that are one scenario: a run, and what says more of it. */
type CheckCase = Readonly<{
  /** What a report calls it: the path of the run. */
  name: string;
  files: readonly CheckFile[];
  /** Whether all of them say only a part of a run. */
  isPart: boolean;
}>;

/** What a card has to hold is that of a run: defaults of ours in its place would be nobody's. */
const PART = "That is only a part of a run. Name the file of the run, too, or say the rest in a link.";

const unnamedGpuNotes = ({ gpu }: Answer, { texts }: Overrides): readonly string[] =>
  texts["gpu"] === undefined ? [`No card was named: --gpu names one. It is held against ${gpu.name}.`] : [];

/** An import whose lists say nothing of the card: that it was not named is a note of the check's own. */
const withoutCard = (imported: CheckedRun["imported"]): CheckedRun["imported"] => {
  const assumed = imported.lists.assumed.filter(({ key }) => key !== "gpu");
  return { ...imported, lists: { ...imported.lists, assumed } };
};

/** True if the files are readable and belong to a tool that Headroom knows only by name. */
const isNotKnown = (refusals: readonly Refusal[]): boolean => refusals.some(({ reason }) => reason === "not-known");

const changeOf = (choices: Choices): CheckedRun["change"] => {
  const start = evaluateTrial(choices, FULL_CATALOG);
  const turned = runToEnd(turnKnobs(start, FULL_CATALOG));
  return runToEnd(smallestSet(start, turned, { catalog: FULL_CATALOG }));
};

/** Holds what was read of files against the card. */
const checkedRun = (name: string, imported: CheckedRun["imported"], before: Overrides): Checked => {
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
    notes: [
      ...unnamedGpuNotes(answer, before),
      ...answer.notCounted,
      ...answerIssues(answer).map(({ message }) => message),
    ],
    change: isWayOut ? null : changeOf(choices),
  };
  return imported.lists.notModelled.length > 0 ? { name, outcome: "not-known", run } : { name, outcome: fit, run };
};

/**
 * Reads the files of one scenario, and holds what it takes against the card.
 *
 * @param before what goes before all that the files say
 */
export const checkScenario = ({ name, files, isPart }: CheckCase, before: Overrides): Checked => {
  if (isPart && !before.isLinked) {
    const refusals = [{ file: files[0]?.name ?? "", line: null, sentence: PART }];
    return { name, outcome: "not-readable", refusals };
  }
  const imported = importWithOverrides(files, before);
  if (imported.kind === "refused") {
    const { refusals } = imported;
    return { name, outcome: isNotKnown(refusals) ? "not-known" : "not-readable", refusals };
  }
  return checkedRun(name, imported, before);
};

/** What was read of files, and the engine's answer to it. */
export type CheckedRun = Readonly<{
  imported: Extract<Imported, { kind: "imported" }>;
  answer: Answer;
  /** The method that the files run; null where something that they ask for is not known. */
  method: MethodAnswer | null;
  /** What a reader has to know beside, in sentences: a card that nobody named, choices that do not go together. */
  notes: readonly string[];
  /** The changes that make it fit: null where nothing makes it, or it does already. */
  change: SmallestSet | null;
}>;

/** A run with a figure. */
export type EstimatedRun = CheckedRun & Readonly<{ method: MethodAnswer }>;

export const isEstimated = (run: CheckedRun): run is EstimatedRun => run.method !== null;

/**
 * How a check ends. `not-known`: something that is asked for is not known, or a field that changes memory is not modeled, so that the figure is not that of
 * the run.
 */
export type Outcome = "fits" | "tight" | "over" | "cannot-run" | "not-known" | "not-readable";

/** One scenario, checked. */
export type Checked = Readonly<{ name: string }> &
  Readonly<
    | { outcome: "not-readable" | "not-known"; refusals: readonly Refusal[] }
    | { outcome: "not-known"; run: CheckedRun }
    | { outcome: Exclude<Outcome, "not-readable" | "not-known">; run: EstimatedRun }
  >;

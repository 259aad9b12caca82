// Command `estimate`: memory by component and moment for links, with formulas on request.

import { type CardFit, type MomentId, type Fit, termBytes } from "#calc/model/memory-estimate.ts";
import { formatGib, formatSignedGib, formatBytes } from "#format/bytes.ts";
import { FIT_NAMES, textTable, notKnownText } from "#package/terminal-text.ts";
import { RUN_MOMENTS, type RunMomentId } from "#calc/model/whole-run.ts";
import { capitalized, joinWithAnd, runMomentWords, stageWords } from "#format/phrases.ts";
import { type Answer, type MethodAnswer, fitOf } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { RunAnswer, RunMomentAnswer } from "#scenario/choices/run-answer.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { countedAs, divisionWords } from "#advice/run-assumptions.ts";
import { answerNotes } from "#advice/answer-notes.ts";
import { qloraOverLoraInAnswer } from "#advice/qlora-over-lora.ts";
import { mostSeenOnCard } from "#calc/card/usable-memory.ts";
import { TERM_IDS, type Term } from "#calc/model/terms.ts";
import { stackLibrary, libraryWords } from "#catalog/stack-library.ts";
import { isStackId } from "#catalog/stacks.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { formatCount, formatParams } from "#format/numbers.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import type { Issue } from "#scenario/keys/issues.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { runToEnd } from "#advice/trial.ts";
import type { FactoredProduct, FactoredTerm } from "#calc/explain/factored-term.ts";
import { tensorName, whyAlive } from "#calc/explain/tensor-words.ts";
import { factorValue, kernelText, otherwiseText, restText, shapeText } from "#advice/factor-text.ts";
import { formulaNames, formulaNumbers } from "#format/formula-text.ts";
import { explainedTerms, type FactoredTerms } from "#advice/factored-terms.ts";
import { assert } from "#calc/base/guards.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { linkCommand } from "./link-command.ts";

/** "fits"; "may not fit: 0.7 GiB free", because how much is left is the point there. */
const fitOutcome = ({ fit, headroomBytes }: Pick<CardFit, "fit" | "headroomBytes">): string =>
  fit === "tight" ? `${FIT_NAMES.tight}: ${formatGib(headroomBytes)} GiB free` : FIT_NAMES[fit];

const NONE = "-";

type Runs = readonly (RunAnswer | undefined)[];

/** A row of one moment: of each method what is asked of it. Nothing where no method has any. */
const momentRow = (
  [id, label]: readonly [RunMomentId, string],
  runs: Runs,
  of: (moment: RunMomentAnswer) => number,
): readonly (readonly string[])[] => {
  const moments = runs.map((run) => run?.moments.find((each) => each.id === id));
  const sizes = moments.map((moment) => (moment === undefined ? 0 : of(moment)));
  if (sizes.every((size) => size === 0)) return [];
  const cells = sizes.map((size, index) => {
    if (size === 0) return NONE;
    return (moments[index]?.otherRule ?? null) === null ? formatGib(size) : FIT_NAMES["not-known"];
  });
  return [[label, ...cells]];
};

const momentRows = (runs: Runs, batch: number): readonly (readonly string[])[] =>
  RUN_MOMENTS.flatMap((id) => [
    ...momentRow([id, capitalized(runMomentWords(id, batch))], runs, ({ peakBytes }) => peakBytes),
    ...momentRow([id, "  each further batch"], runs, ({ perBatchBytes = 0 }) => perBatchBytes),
    ...momentRow([id, "  in host memory"], runs, ({ hostBytes }) => hostBytes),
  ]);

/** What was read in sources and held against no run, in a sentence. */
const readSentence = (runs: Runs, batch: number): readonly string[] => {
  const read = RUN_MOMENTS.filter((id) =>
    runs.some((run) => run?.moments.some((moment) => moment.id === id && moment.basis === "read")),
  );
  if (read.length === 0) return [];
  const names = joinWithAnd(read.map((id) => runMomentWords(id, batch)));
  return [`~ ${capitalized(names)}: counted from the source, and held against no run.`];
};

/** The fit of a run, and the moments that are known only as another library runs them: "fits, merging not known". */
const outcome = (run: RunAnswer, batch: number): string => {
  const others = run.moments.filter(({ otherRule }) => otherRule !== null).map(({ id }) => runMomentWords(id, batch));
  return others.length === 0 ? fitOutcome(run) : `${fitOutcome(run)}, ${joinWithAnd(others)} not known`;
};

/**
 * The whole run of an answer, moment by moment: what each method allocates at most, and how the worst moment goes on the card. No lines where only the step is
 * asked for.
 */
const runTable = ({ methods, choices: { eval: batch } }: Answer): readonly string[] => {
  const runs = methods.map(({ run }) => run);
  if (runs.every((run) => run === undefined)) return [];
  const each = (of: (run: RunAnswer) => string): readonly string[] =>
    runs.map((run) => (run === undefined ? NONE : of(run)));
  return [
    ...textTable([
      ["The whole run, GiB allocated", ...methods.map(({ method }) => METHOD_NAMES[method].label)],
      ...momentRows(runs, batch),
      ["Worst for the card", ...each(({ worst }) => runMomentWords(worst.id))],
      ["  needed on the card", ...each(({ worst }) => formatGib(worst.onCardBytes))],
      ["To spare", ...each(({ headroomBytes }) => formatSignedGib(headroomBytes))],
      ["", ...each((run) => outcome(run, batch))],
    ]),
    ...readSentence(runs, batch),
  ];
};

const MOMENT_NAMES: Readonly<Record<MomentId, string>> = {
  load: "load",
  forward: "forward",
  backward: "backward",
  step: "optimizer step",
  zero: "zero grad",
};

type Column = (method: MethodAnswer) => string;

const termRows: readonly (readonly [string, Column])[] = TERM_IDS.map((id) => [
  TERM_NAMES[id].label,
  ({ estimate }) => formatGib(termBytes(estimate, id)),
]);

const ROWS: readonly (readonly [string, Column])[] = [
  ["GiB per GPU", ({ method }) => METHOD_NAMES[method].label],
  ...termRows,
  ["Needed on the card", ({ estimate }) => formatGib(estimate.onCardBytes)],
  ["  at least", ({ estimate }) => formatGib(estimate.onCardRangeBytes[0])],
  ["Seen on this card", ({ estimate, card }) => formatGib(mostSeenOnCard(estimate, card) ?? 0)],
  ["Allocated", ({ estimate }) => formatGib(estimate.peakBytes)],
  ["  reached in", ({ estimate }) => MOMENT_NAMES[estimate.peakMoment]],
  ["Trained parameters", ({ estimate }) => formatParams(estimate.trainableParams)],
  ["To spare", ({ card }) => formatSignedGib(card.headroomBytes)],
  ["", ({ card }) => fitOutcome(card)],
  ["", ({ card }) => card.cannotRun ?? ""],
];

const heading = ({ model, gpu, usedBytes, reservedBytes, choices, methods }: Answer): string => {
  const division = divisionWords(methods[0]?.scenario ?? choices);
  const cards = `${choices.gpus > 1 ? `${formatCount(choices.gpus)} x ${gpu.name}` : gpu.name}${division ? `: ${division}` : ""}`;
  const usable = `${formatGib(gpu.usableBytes)} GiB usable${gpu.estimated ? ", estimated" : ""}`;
  const used = usedBytes > 0 ? `, ${formatGib(usedBytes)} in use` : "";
  const reserved = reservedBytes > 0 ? `, ${formatGib(reservedBytes)} reserved by vLLM` : "";
  return `${model.name} (${formatParams(model.params)}) on ${cards} (${usable}${used}${reserved})`;
};

/** What is allocated on each stage of a pipeline, a row for each. */
const stageRows = ({ methods }: Answer): readonly (readonly string[])[] => {
  const peaks = methods.map(({ scenario }) => ENGINE.stagePeaks(scenario));
  return (peaks[0] ?? []).map((stage, index) => [
    `  ${stageWords(stage)}`,
    ...peaks.map((stages) => formatGib(stages[index]?.peakBytes ?? 0)),
  ]);
};

/** What is not exact about the methods shown, each sentence once. */
const notExact = ({ methods }: Answer): readonly string[] => [
  ...new Set(methods.flatMap(({ scenario }) => ENGINE.approximations(scenario))),
];

/** Why QLoRA takes more than LoRA, as the page says it; nothing where it takes less. */
const qloraWords = (answer: Answer): readonly string[] => {
  const words = qloraOverLoraInAnswer(answer);
  return words === null ? [] : [words.lead, words.details].filter((sentence) => sentence !== "");
};

/** Notes under the figures: what the card decides, whose behavior is counted, and all else that no figure says. */
const saidBeside = (answer: Answer): readonly string[] => {
  const counted = countedAs(answer);
  const { stack } = answer.choices;
  const ranAs = answer.methods.length > 0 && isStackId(stack) ? libraryWords(stackLibrary(stack)) : null;
  return [
    ...answer.notCounted,
    ...(ranAs === null ? [] : [ranAs]),
    ...(counted === null ? [] : [counted.sentence]),
    ...qloraWords(answer),
    ...answerNotes(FULL_CATALOG.gpus[answer.gpu.id], answer).map(({ says }) => says),
  ];
};

/** The answer to one link as a person reads it in a terminal: what was wrong with the link, then a column for each method, what
 * the card asks for, and what is not exact. */
const estimateTable = (answer: Answer, issues: readonly Issue[]): readonly string[] => [
  heading(answer),
  encodeLink(answer.choices),
  ...[...issues, ...answerIssues(answer)].map(({ message }) => `! ${message}`),
  "",
  ...textTable(
    ROWS.flatMap(([label, column]) => [
      [label, ...answer.methods.map(column)],
      ...(label === "  reached in" ? stageRows(answer) : []),
    ]),
  ),
  ...runTable(answer),
  ...saidBeside(answer).map((sentence) => `* ${sentence}`),
  ...notExact(answer).map((sentence) => `~ ${sentence}`),
];

const productLines = (product: FactoredProduct, factored: FactoredTerms): readonly string[] => {
  const { factors, unit, parts } = product;
  const rows = parts.map((part) => [
    tensorName(part.tensors),
    kernelText(part, factored.layers),
    shapeText(part),
    whyAlive(part.tensors, factored),
    formatBytes(part.each),
  ]);
  const [first = [], ...others] = rows;
  const widths = first.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lined = [first, ...others].map((row) =>
    row
      .slice(0, -1)
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  "),
  );
  const bytes = rows.map((row) => row.at(-1) ?? "");
  const otherwise = otherwiseText(product, factored.phase);
  return [
    `  ${unit.name}${factors.length === 1 ? "" : `, ${factorValue(unit)}`}:`,
    ...textTable(lined.map((line, index) => [`    ${line}`, bytes[index] ?? ""])),
    ...(otherwise === "" ? [] : [`    ${otherwise}`]),
  ];
};

const tensorLines = (term: FactoredTerm, factored: FactoredTerms): readonly string[] => {
  const rest = restText(term);
  return [
    ...term.products.flatMap((product) => productLines(product, factored)),
    ...(rest === "" ? [] : [`  ${rest}`]),
  ];
};

const termLines = ({ id, bytes, formula }: Term, factored: FactoredTerms | null): readonly string[] => {
  const ofTerm = factored?.terms.find((each) => each.id === id);
  return [
    `${TERM_NAMES[id].label}, ${formatGib(bytes)} GiB`,
    `  = ${formulaNames(formula)}`,
    `  = ${formulaNumbers(formula)}`,
    `  = ${formatBytes(bytes)}`,
    ...(ofTerm === undefined || factored === null ? [] : tensorLines(ofTerm, factored)),
  ];
};

const methodLines = (run: MethodAnswer): readonly string[] => {
  const factored = runToEnd(explainedTerms(run));
  const there = run.estimate.terms.filter(({ bytes }) => bytes > 0);
  return [
    `How ${METHOD_NAMES[run.method].label} is computed, at its peak`,
    "",
    ...there.flatMap((term) => [...termLines(term, factored), ""]),
  ];
};

/** How the figures of an answer come about: each term's formula, and the tensors that its last factors are made of. */
const explainedFigures = ({ methods }: Answer): readonly string[] => methods.flatMap(methodLines);

/** How the method in focus goes on the card, the whole run where more than the step is asked for. A focused method that is not shown counts all the same. */
const fitOfFocus = ({ choices, methods }: Answer): Fit => {
  const isFocus = ({ method }: Answer["methods"][number]): boolean => method === choices.method;
  const focused =
    methods.find(isFocus) ?? toAnswer({ ...choices, show: [choices.method] }, FULL_CATALOG).methods.find(isFocus);
  assert(focused !== undefined, "an answer has the method that it was asked to show");
  return fitOf(focused);
};

const estimateText = (answer: Answer, issues: readonly Issue[]): readonly string[] =>
  answer.notKnown.length > 0 ? notKnownText(answer.choices, issues) : estimateTable(answer, issues);

/** `estimate`: the memory of one or more links. */
export const main = linkCommand({
  name: "estimate",
  purpose: "Says how much GPU memory the fine-tuning that a link describes takes, and whether it fits its card.",
  explains: true,
  answer: ({ value, issues }, as) => {
    const answer = toAnswer(value, FULL_CATALOG);
    const lines =
      as === "json"
        ? [JSON.stringify(estimateJson(answer, issues))]
        : [...estimateText(answer, issues), "", ...(as === "explained" ? explainedFigures(answer) : [])];
    return { lines, fit: answer.notKnown.length > 0 ? "not-known" : fitOfFocus(answer) };
  },
});

import { fitOutcome } from "./fit-outcome.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { countedAs } from "#advice/counted-as.ts";
import { countedAsWords } from "#advice/counted-as-words.ts";
import { divisionWords } from "#advice/division-words.ts";
import { notesOf } from "#advice/notes-of.ts";
import { qloraInAnswer } from "#advice/qlora-in-answer.ts";
import { stageWords } from "#advice/stage-words.ts";
import { seenOnCard } from "#calc/card/seen-on-card.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { TERM_IDS } from "#calc/model/term.ts";
import { stackLibrary } from "#catalog/stack-library.ts";
import { ranAsWords } from "#catalog/stack-words.ts";
import { isStackId } from "#catalog/stacks.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { formatCount, formatParams } from "#format/count.ts";
import { answerIssues } from "#scenario/choices/answer-issues.ts";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import { encodeLink } from "#scenario/choices/url.ts";
import { runTable } from "./run-table.ts";
import { textTable } from "./text-table.ts";

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
  ({ estimate }) => formatGib(estimate.terms.find((term) => term.id === id)?.bytes ?? 0),
]);

const ROWS: readonly (readonly [string, Column])[] = [
  ["GiB per GPU", ({ method }) => METHOD_NAMES[method].label],
  ...termRows,
  ["Needed on the card", ({ estimate }) => formatGib(estimate.onCardBytes)],
  ["  at least", ({ estimate }) => formatGib(estimate.onCardRangeBytes[0])],
  ["Seen on this card", ({ estimate, card }) => formatGib(seenOnCard(estimate, card) ?? 0)],
  ["Allocated", ({ estimate }) => formatGib(estimate.peakBytes)],
  ["  reached in", ({ estimate }) => MOMENT_NAMES[estimate.peakMoment]],
  ["Trained parameters", ({ estimate }) => formatParams(estimate.trainableParams)],
  ["To spare", ({ card }) => formatSignedGib(card.headroomBytes)],
  ["", ({ card }) => fitOutcome(card)],
  ["", ({ card }) => card.cannotRun ?? ""],
];

const plain = (text: string): string => text.replaceAll("\u00A0", " ");

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
  const words = qloraInAnswer(answer);
  return words === null ? [] : [words.lead, words.details].filter((sentence) => sentence !== "");
};

/** Notes under the figures: what the card decides, whose behavior is counted, and all else that no figure says. */
const saidBeside = (answer: Answer): readonly string[] => {
  const counted = countedAs(answer);
  const { stack } = answer.choices;
  const ranAs = answer.methods.length > 0 && isStackId(stack) ? ranAsWords(stackLibrary(stack)) : null;
  return [
    ...answer.notCounted,
    ...(ranAs === null ? [] : [ranAs]),
    ...(counted === null ? [] : [countedAsWords(counted)]),
    ...qloraWords(answer),
    ...notesOf(FULL_CATALOG.gpus[answer.gpu.id], answer).map(({ says }) => says),
  ];
};

/** The answer to one link as a person reads it in a terminal: what was wrong with the link, then a column for each method, what
 * the card asks for, and what is not exact. */
export const estimateTable = (answer: Answer, issues: readonly Issue[]): readonly string[] =>
  [
    heading(answer),
    encodeLink(answer.choices),
    ...[...issues, ...answerIssues(answer)].map(({ message }) => `! ${message}`),
    "",
    ...textTable(
      ROWS.flatMap(([label, column]) => [
        [label, ...answer.methods.map(column)],
        ...(label === "  reached in" ? stageRows(answer) : []),
      ]).map((row) => row.map(plain)),
    ),
    ...runTable(answer),
    ...saidBeside(answer).map((sentence) => `* ${sentence}`),
    ...notExact(answer).map((sentence) => `~ ${sentence}`),
  ].map(plain);

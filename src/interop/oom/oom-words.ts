import { GIB } from "#calc/base/quantity.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/count.ts";
import { TERM_NAMES } from "#format/term-names.ts";
import { uncapitalised } from "#format/uncapitalised.ts";
import { type ByteRange, middleOf } from "./byte-range.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { besideWords } from "./beside-words.ts";
import type { ExplainedOom } from "./explain-oom.ts";
import type { Phase, Place } from "./moment.ts";
import type { OomMessage } from "./read-oom.ts";

const MIB = 2 ** 20;
/** Others of the same size that are named. */
const MOST_OTHERS = 3;

/** As PyTorch prints it, which is what a person looks for: "9.37 GiB", "194.00 MiB". */
const printed = (range: ByteRange): string => {
  const bytes = middleOf(range);
  return bytes >= GIB ? `${(bytes / GIB).toFixed(2)} GiB` : `${(bytes / MIB).toFixed(2)} MiB`;
};

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  load: "while the model was loaded",
  prepare: "while the model was prepared for k-bit training",
  train: "in a training step",
  evaluate: "in an evaluation",
  save: "while the model was saved",
  merge: "while adapters were merged",
};

const PLACE_WORDS: Readonly<Record<Place, string>> = {
  attention: "in attention",
  backward: "in backward",
  concatenate: "where the logits of its batches are put together",
  "convert-outputs": "where outputs are copied to fp32",
  dequantise: "where a quantised matrix is made whole",
  "feed-forward": "in the MLP",
  gather: "where parameters are gathered",
  loss: "in the loss",
  optimizer: "in the optimizer's step",
  quantise: "where a matrix is quantised",
};

const whenWords = ({ moment: { phase, place }, functions }: OomMessage): string => {
  if (phase === null && place === null)
    return functions.length === 0
      ? "The text has no traceback, so the size alone decides; paste all of it for more."
      : "Its traceback names no function that says when it was.";
  const words = [phase === null ? "" : PHASE_WORDS[phase], place === null ? "" : PLACE_WORDS[place]];
  return `It was ${words.filter((each) => each !== "").join(", ")}.`;
};

const rowsWords = ({ rows, fits }: Candidate, { scenario }: OomSubject): string => {
  if (rows === null) return "";
  const { batch, length } = rows;
  const of = `${formatCount(batch)} ${batch === 1 ? "row" : "rows"} of ${formatCount(length)} tokens`;
  const set = `${formatCount(scenario.sequence_length)} tokens`;
  switch (fits) {
    case "shorter":
      return ` Such are ${of}: the longest row of that batch is shorter than the ${set} that are set.`;
    case "longer":
      return ` Such are ${of}, more than the ${set} that are set: rows are not cut there.`;
    case "evaluation":
      return ` Such are ${of}, as an evaluation has them: 8 is its batch unless it is set.`;
    case "other-batch":
      return ` Such are ${of}, where ${formatCount(scenario.micro_batch_size)} a batch are set.`;
    case "as-set":
    case "fixed":
      return ` Such are ${of}, as set.`;
    default:
      return fits satisfies never;
  }
};

const productOf = ({ formula, bytes }: Candidate): string => `${formula} = ${formatCount(bytes)} B`;

/** Some length gives nearly any size: without a place in a traceback that is no more than possible. */
const leadOf = ({ fits }: Candidate, { moment }: OomMessage): string =>
  moment.place === null && fits !== "fixed" && fits !== "as-set" ? "By its size that may be" : "That is most likely";

const candidateWords = (candidate: Candidate, message: OomMessage, subject: OomSubject): readonly string[] => {
  const { name, onTape, why, change } = candidate;
  const made = onTape === undefined || onTape.module === "" ? "" : ` (${onTape.op} of ${onTape.module})`;
  return [
    `${leadOf(candidate, message)} ${name}${made}: ${productOf(candidate)}.${rowsWords(candidate, subject)}`,
    `Why: ${why}`,
    `What to change: ${change}`,
  ];
};

/** What it is most often, at such a moment. */
const USUAL: Readonly<Record<Phase, string>> = {
  load: "another process on the card, or a base that is loaded in 32 instead of 16 or 4 bit",
  prepare: "prepare_model_for_kbit_training, which casts embedding, head and fused experts to fp32",
  train: "rows longer than the scenario's, or a batch of another size",
  evaluate: "the evaluation's batch of 8, or logits that it keeps for compute_metrics",
  save: "an evaluation that is due at the same step, or a full state dict that is gathered on one GPU",
  merge: "a 4-bit base, each matrix of which is made whole to be merged",
};

const highestWords = ({ estimate }: OomSubject): string => {
  const terms = estimate.terms.filter(({ id }) => id !== "framework");
  const largest = terms.reduce((top, term) => (term.bytes > top.bytes ? term : top));
  return (
    `At its highest the scenario has ${formatGib(estimate.peakBytes)} GiB of tensors, ` +
    `${formatGib(largest.bytes)} GiB of them ${uncapitalised(TERM_NAMES[largest.id].label)}.`
  );
};

const noneWords = (message: OomMessage, subject: OomSubject): readonly string[] => {
  const { request, moment, figures } = message;
  const usual = USUAL[moment.phase ?? "train"];
  const nothing = request.isVague
    ? `${printed(figures.tried)} is a segment for small tensors and says nothing of the tensor: it was the last drop, and what fills the card is elsewhere.`
    : `Nothing of this scenario is such a tensor. Most likely it is ${usual}.`;
  return [nothing, highestWords(subject)];
};

const othersWords = (others: readonly Candidate[]): readonly string[] =>
  others.length === 0
    ? []
    : ["Of the same size, and less likely:", ...others.map((each) => `  ${each.name}: ${productOf(each)}`)];

/** What is said of an out-of-memory message: which tensor it was, why it is there, what to change; or that nothing of the scenario has its size. */
export const oomWords = (
  message: OomMessage,
  subject: OomSubject,
  { candidates: [first, ...others] }: ExplainedOom,
): readonly string[] => {
  const { figures, allocated } = message;
  const had = allocated === null ? "" : ` while tensors had ${printed(allocated)}`;
  const asked = `PyTorch asked for ${printed(figures.tried)}${had}. ${whenWords(message)}`;
  const found = first === undefined ? noneWords(message, subject) : candidateWords(first, message, subject);
  return [asked, ...found, ...besideWords(figures), ...othersWords(others.slice(0, MOST_OTHERS))];
};

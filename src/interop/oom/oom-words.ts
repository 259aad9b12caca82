// Sentences about an OOM error in plain text: the tensor, its formula, its moment, other causes.

import { formatCount } from "#format/numbers.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { GIB } from "#calc/base/bytes.ts";
import { formatGib } from "#format/bytes.ts";
import { rangeMiddle, type ByteRange } from "./request-range.ts";
import type { Figures, OomMessage } from "./oom-message.ts";
import { PHASE_WORDS, PLACE_WORDS, momentWords, type OomMoment, type Phase, type Place } from "./traceback.ts";
import { peakComponent, peakWords } from "./peak-words.ts";
import type { ExplainedOom } from "./oom-explanation.ts";

/** "4 B × 8 × 2,000 tokens × 256,000 = 16,384,000,000 B". */
export const productWords = ({ formula, bytes }: Candidate): string => `${formula} = ${formatCount(bytes)} B`;

/** A CUDA context, and what NCCL and libraries have beside PyTorch: more than this is of another process. */
const MOST_CONTEXT = 2 * GIB;

/** Less is what any run has. */
const LEAST_UNUSED = GIB / 4;

/** What PyTorch had of the card, and no tensor. */
const unused = ({ unallocated, reserved, allocated }: Figures): number => {
  if (unallocated !== null) return rangeMiddle(unallocated);
  return reserved === null || allocated === null ? 0 : rangeMiddle(reserved) - rangeMiddle(allocated);
};

/** What of the card neither this process has, nor nobody. */
const ofOthers = ({ total, free, inUse, reserved }: Figures): number => {
  if (total === null || free === null) return 0;
  const ours = inUse ?? reserved;
  return ours === null ? 0 : rangeMiddle(total) - rangeMiddle(free) - rangeMiddle(ours);
};

/** What figures beside the request say: memory that nobody used, and memory that somebody else had. */
export const otherMemoryWords = (figures: Figures): readonly string[] => {
  const words: string[] = [];
  const idle = unused(figures);
  if (idle >= LEAST_UNUSED && idle > rangeMiddle(figures.tried ?? { low: 0, high: 0 }))
    words.push(
      `PyTorch had ${formatGib(idle)} GiB of the card that no tensor had, in pieces too small: PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True may be all that it needs.`,
    );
  const others = ofOthers(figures);
  if (others > MOST_CONTEXT)
    words.push(
      `${formatGib(others)} GiB of the card are of another process: see nvidia-smi, and end what should not be there.`,
    );
  return words;
};

type Heard = Readonly<{ message: Pick<OomMessage, "moment">; subject: Pick<OomSubject, "scenario"> }>;

/**
 * Whether more than a size speaks for a candidate: some length gives nearly any size, so that without a place in a traceback it is no more than possible. The
 * default batch of an evaluation with rows of the set length, in an evaluation, is more.
 */
export const isSureCandidate = (
  { fits, rows, isGuess }: Pick<Candidate, "fits" | "rows" | "isGuess">,
  { message, subject }: Heard,
): boolean => {
  const { phase, place } = message.moment;
  if (isGuess === true) return false;
  if (place !== null || fits === "fixed" || fits === "as-set") return true;
  return fits === "evaluation" && phase === "evaluate" && rows?.length === subject.scenario.sequence_length;
};

const MIB = 2 ** 20;

/** As PyTorch prints it, which is what a person looks for: "9.37 GiB", "194.00 MiB". */
const printedBytes = (range: ByteRange): string => {
  const bytes = rangeMiddle(range);
  return bytes >= GIB ? `${(bytes / GIB).toFixed(2)} GiB` : `${(bytes / MIB).toFixed(2)} MiB`;
};

/** Which rows give the size, and how they stand to those that are set: " Such are 8 rows of 2,000 tokens, as set."; nothing where none do. */
export const rowsWords = ({ rows, fits }: Candidate, { scenario }: OomSubject): string => {
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

/** When it was, by the traceback: "It was in a training step, in the loss."; or that nothing says so. */
export const momentSentence = ({ moment: { phase, place }, functions }: OomMessage): string => {
  if (phase === null && place === null)
    return functions.length === 0
      ? "The text has no traceback, so the size alone decides; paste all of it for more."
      : "Its traceback names no function that says when it was.";
  const words = [phase === null ? "" : PHASE_WORDS[phase], place === null ? "" : PLACE_WORDS[place]];
  return `It was ${words.filter((each) => each !== "").join(", ")}.`;
};

/**
 * "The closest there is an optimizer state of lm_head in fp32 with 1.96 GiB (4 B × ... B)."; null where the text names no moment, or a figure that says
 * nothing.
 */
export const closestWords = (closest: Candidate | null, { moment, request }: OomMessage): string | null => {
  if (request.isVague || momentWords(moment) === null) return null;
  if (closest === null) return "Headroom knows no tensor of this scenario at that moment.";
  const { name, bytes } = closest;
  return `The closest at that moment is ${name} with ${printedBytes({ low: bytes, high: bytes })} (${productWords(closest)}).`;
};

/** The most frequent cause in such a phase of a run. */
const USUAL: Readonly<Record<Phase, string>> = {
  load: "another process on the card, or a base that is loaded in 32 instead of 16 or 4 bit",
  prepare: "prepare_model_for_kbit_training, which casts embedding, head and fused experts to fp32",
  train: "rows longer than the scenario's, or a batch of another size",
  evaluate: "the evaluation's batch of 8, or logits that it keeps for compute_metrics",
  save: "a full state dict that is gathered on one GPU",
  merge: "a 4-bit base, each matrix of which is made whole to be merged",
};

const OTHER_ROWS = "rows longer than the scenario's, or a batch of another size";
const OTHER_STATES =
  "another number of GPUs that divide the optimizer's states, or other parameters that are trained than the scenario's";
const OTHER_MATRIX = "a matrix of another model than the scenario's";

/** The most frequent cause at such a place, which says more than the phase. */
const USUAL_AT: Readonly<Record<Place, string>> = {
  attention: OTHER_ROWS,
  backward: "rows longer than the scenario's, a batch of another size, or gradients of other parameters",
  concatenate: "more batches of an evaluation, or longer rows in it, than were tried here",
  "convert-outputs": OTHER_ROWS,
  dequantise: OTHER_MATRIX,
  "feed-forward": OTHER_ROWS,
  forward: OTHER_ROWS,
  gather: OTHER_MATRIX,
  loss: OTHER_ROWS,
  optimizer: OTHER_STATES,
  "optimizer-state": OTHER_STATES,
  quantise: OTHER_MATRIX,
};

const usual = ({ phase, place }: OomMoment): string =>
  place === null || phase === "evaluate" ? USUAL[phase ?? "train"] : USUAL_AT[place];

/** What fills the card, where nothing of the scenario has the size: a sentence. */
export const likeliestWords = ({ request, moment, figures }: OomMessage): string =>
  request.isVague
    ? `${printedBytes(figures.tried)} says nothing about the tensor: memory was already nearly full when this small request failed.`
    : `Most likely it is ${usual(moment)}.`;

/** "No tensor of this scenario has 3.91 GiB in the optimizer’s step." */
export const noneTitle = ({ moment, shown: { request } }: Pick<OomMessage, "moment" | "shown">): string => {
  const when = momentWords(moment);
  return `No tensor of this scenario has ${request}${when === null ? "" : ` ${when}`}.`;
};

/** Why nothing is named, what of that moment is closest, and what the scenario has at its highest. */
const noneWords = (message: OomMessage, subject: OomSubject, closest: Candidate | null): readonly string[] => {
  const likeliest = likeliestWords(message);
  const nearest = closestWords(closest, message);
  return [
    message.request.isVague ? likeliest : `${noneTitle(message)} ${nearest === null ? "" : `${nearest} `}${likeliest}`,
    peakWords(peakComponent(subject)),
  ];
};

/** Others of the same size that are named. */
const MOST_OTHERS = 3;

const candidateWords = (candidate: Candidate, message: OomMessage, subject: OomSubject): readonly string[] => {
  const { name, onTape, why, change } = candidate;
  const lead = isSureCandidate(candidate, { message, subject }) ? "That is most likely" : "By its size that may be";
  const made = onTape === undefined || onTape.module === "" ? "" : ` (${onTape.op} of ${onTape.module})`;
  return [
    `${lead} ${name}${made}: ${productWords(candidate)}.${rowsWords(candidate, subject)}`,
    `Why: ${why}`,
    `What to change: ${change}`,
  ];
};

const othersWords = (others: readonly Candidate[]): readonly string[] =>
  others.length === 0
    ? []
    : ["Of the same size, and less likely:", ...others.map((each) => `  ${each.name}: ${productWords(each)}`)];

/** What is said of an out-of-memory message: which tensor it was, why it is there, what to change; or that nothing of the scenario has its size. */
export const oomWords = (
  message: OomMessage,
  subject: OomSubject,
  { candidates: [first, ...others], closest }: ExplainedOom,
): readonly string[] => {
  const { figures, allocated } = message;
  const had = allocated === null ? "" : ` while tensors had ${printedBytes(allocated)}`;
  const asked = `PyTorch asked for ${printedBytes(figures.tried)}${had}. ${momentSentence(message)}`;
  const found = first === undefined ? noneWords(message, subject, closest) : candidateWords(first, message, subject);
  return [asked, ...found, ...otherMemoryWords(figures), ...othersWords(others.slice(0, MOST_OTHERS))];
};

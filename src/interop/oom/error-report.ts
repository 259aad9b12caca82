// Report of an OOM error for the page: the likely tensor, what was allocated, and other candidates.

import { formatCount } from "#format/numbers.ts";
import { rangeMiddle, closeness } from "./request-range.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { GPUS_WORDS } from "#scenario/words/key-words.ts";
import type { Candidate, TensorName, OomSubject } from "./candidates/candidate.ts";
import type { AllocatedTermId } from "#calc/model/terms.ts";
import { formatGib } from "#format/bytes.ts";
import { memoryAtError, type MemoryAtError, type HeldBytes, agreesWithScenario } from "./memory-at-error.ts";
import {
  otherMemoryWords,
  isSureCandidate,
  productWords,
  rowsWords,
  momentSentence,
  closestWords,
  likeliestWords,
  noneTitle,
} from "./oom-words.ts";
import { explainOom, oomSubject } from "./oom-explanation.ts";
import type { Phase } from "./traceback.ts";
import { type Highest, peakComponent } from "./peak-words.ts";
import type { OomMessage } from "./oom-message.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";

/** Choices that have a candidate's rows, which the scenario has not, and what they are in words. */
type SetTo = Readonly<{ words: string; patch: Partial<Choices> }>;

const rowsOf = (batch: number, length: number): string =>
  `${formatCount(batch)} ${batch === 1 ? "row" : "rows"} of ${formatCount(length)} tokens`;

const divided = ({ gpus, trainsAll }: NonNullable<Candidate["ranks"]>, { shard }: Choices): SetTo => {
  const stage = shard === "zero1" || shard === "zero3" ? shard : "zero2";
  const how = `${GPUS_WORDS.shard.values[stage]} on ${gpus} GPUs`;
  return {
    words: `Set the scenario to ${trainsAll ? `full fine-tuning with ${how}` : how}`,
    patch: { gpus, shard: stage, ...(trainsAll ? { method: "full" } : {}) },
  };
};

type OfRows = Pick<Candidate, "fits" | "places"> & Readonly<{ rows: NonNullable<Candidate["rows"]> }>;

const withRows = ({ rows: { batch, length }, fits, places }: OfRows, choices: Choices): SetTo | null => {
  if (fits === "fixed" || fits === "as-set" || places.includes("concatenate")) return null;
  if (fits !== "evaluation")
    return { words: `Set the scenario to ${rowsOf(batch, length)}`, patch: { batch, seq: length } };
  if (choices.eval === batch && (choices.evalseq ?? choices.seq) === length) return null;
  return {
    words: `Count an evaluation with ${rowsOf(batch, length)}`,
    patch: { eval: batch, evalseq: length === choices.seq ? null : length },
  };
};

/** The change that makes the scenario one with such a tensor; null where it has, and where neither rows nor a number of GPUs do. */
const matchingChange = ({ rows, fits, places, ranks }: Candidate, choices: Choices): SetTo | null => {
  if (ranks !== undefined) return divided(ranks, choices);
  return rows === null ? null : withRows({ rows, fits, places }, choices);
};

/** The component that a tensor counts in, where the step that is simulated does not say. */
const TERM_OF: Readonly<Record<TensorName, AllocatedTermId>> = {
  logits: "logits",
  "attention-scores": "activations",
  activation: "activations",
  weight: "weights",
  "quantised-weight": "weights",
  "dequantised-weight": "workspace",
  "weight-gradient": "gradients",
  "optimizer-state": "optimizer",
  "optimizer-temporary": "workspace",
  "fsdp-unit": "weights",
  "fsdp-shard": "optimizer",
  "zero-partition": "optimizer",
};

/** The component that a candidate counts in, which has its colour. */
const termOf = ({ tensor, onTape }: Pick<Candidate, "tensor" | "onTape">): AllocatedTermId =>
  onTape?.term ?? TERM_OF[tensor];

/** What the request most likely was. */
export type FoundTensor = Readonly<{
  term: AllocatedTermId;
  product: string;
  /** How near that is to what was asked for. */
  closeness: string;
  /** When it was, what it is for, and what agrees: a sentence or two each. */
  where: string;
  why: string;
  agreement: string | null;
  change: string;
  setTo: SetTo | null;
  phase: Phase;
  /** Rows of an evaluation's batch that give the size; null where it is no evaluation's. */
  evaluated: number | null;
  /** Whether its size grows with batch and length. */
  isOfRows: boolean;
}>;

/** What is said of an error, against a scenario. */
export type ErrorReport = Readonly<{
  /** "3.91 GiB is the logits in fp32, or their log-probabilities or gradient."; "No tensor of this scenario has 3.91 GiB." */
  title: string;
  /** null: no tensor of the scenario has the size. */
  found: FoundTensor | null;
  /** Where nothing is found: when it was, what of that moment is closest, what it is most often, and what the scenario has at its highest. */
  instead: Readonly<{ where: string; closest: string | null; likeliest: string; highest: Highest }> | null;
  others: readonly Readonly<{ name: string; product: string }>[];
  /** What else the message says. */
  notes: readonly string[];
  atError: MemoryAtError;
  /** The card that the message is of: the scenario's, unless its memory says otherwise. */
  card: string;
}>;

/** The scenario's card. */
type Card = Readonly<{ shortName: string; usableBytes: number }>;

/** Others of the same size that are named. */
const MOST_OTHERS = 5;

/** Two totals of one kind of card differ by less: ECC, and what a driver keeps. */
const SAME_CARD = 0.03;

const whereWords = ({ onTape }: Candidate, message: OomMessage): string => {
  const when = momentSentence(message);
  if (onTape === undefined || onTape.module === "") return when;
  return `${when} In this scenario’s step ${onTape.op} of ${onTape.module} makes it.`;
};

const agreementWords = (held: HeldBytes | null): string | null => {
  if (held === null) return null;
  const {
    thereBytes,
    counted: { low, high },
    agrees,
  } = held;
  const there = `${formatGib(thereBytes)} GiB`;
  const range =
    formatGib(low) === formatGib(high) ? `${formatGib(low)} GiB` : `${formatGib(low)} to ${formatGib(high)} GiB`;
  return agrees
    ? `The ${there} that tensors had agree with this scenario, which counts ${range} then.`
    : `Tensors had ${there}, and this scenario counts ${range} then: the run differs from it in something else, too.`;
};

const titleOf = (candidate: Candidate | undefined, { message, subject }: AskedReport): string => {
  const { request } = message.shown;
  if (candidate !== undefined)
    return `${request} ${isSureCandidate(candidate, { message, subject }) ? "is" : "may be"} ${candidate.name}.`;
  return message.request.isVague ? `${request} says nothing about the tensor.` : noneTitle(message);
};

/** A candidate is of the moment that the traceback says, where it can be; else of its own first. */
const phaseOf = ({ phases }: Candidate, { moment }: OomMessage): Phase =>
  moment.phase !== null && phases.includes(moment.phase) ? moment.phase : (phases[0] ?? "train");

const foundOf = (candidate: Candidate, asked: AskedReport): FoundTensor => {
  const { message, subject, choices } = asked;
  const { bytes, why, change, fits, rows } = candidate;
  return {
    term: termOf(candidate),
    product: productWords(candidate),
    closeness: closeness(bytes, message.request),
    where: whereWords(candidate, message),
    why: `${why}${rowsWords(candidate, subject)}`,
    agreement: agreementWords(agreesWithScenario(candidate, message)),
    change,
    setTo: matchingChange(candidate, choices),
    phase: phaseOf(candidate, message),
    evaluated: fits === "evaluation" && rows !== null ? rows.batch : null,
    isOfRows: rows !== null,
  };
};

const cardWords = ({ figures: { total } }: OomMessage, { shortName, usableBytes }: Card): string | null => {
  if (total === null) return null;
  const bytes = rangeMiddle(total);
  if (Math.abs(bytes - usableBytes) <= usableBytes * SAME_CARD) return null;
  return `The message is of a card with ${formatGib(bytes)} GiB, and the scenario’s ${shortName} has ${formatGib(usableBytes)}: choose its card to see what fits there.`;
};

type AskedReport = Readonly<{ message: OomMessage; subject: OomSubject; choices: Choices; card: Card }>;

/** What is said of an error on the page: which tensor it was, what stood beside it, why, and what it may have been instead. Pure. @internal */
export const errorReport = (asked: AskedReport): ErrorReport => {
  const { message, subject, card } = asked;
  const { candidates, closest } = explainOom(message, subject);
  const [first, ...others] = candidates;
  const another = cardWords(message, card);
  return {
    title: titleOf(first, asked),
    found: first === undefined ? null : foundOf(first, asked),
    instead:
      first === undefined
        ? {
            where: momentSentence(message),
            closest: closestWords(closest, message),
            likeliest: likeliestWords(message),
            highest: peakComponent(subject),
          }
        : null,
    others: others.slice(0, MOST_OTHERS).map((each) => ({ name: each.name, product: productWords(each) })),
    notes: [...(another === null ? [] : [another]), ...otherMemoryWords(message.figures)],
    atError: memoryAtError(first, { message, subject }, card.usableBytes),
    card: another === null ? card.shortName : "The message’s card",
  };
};

/** What is said of an error, held against the method in focus of some choices. */
export const errorReportForChoices = (message: OomMessage, choices: Choices, catalog: Catalog): ErrorReport =>
  errorReport({
    message,
    choices,
    subject: oomSubject(choices, catalog),
    card: answerGpu(choices.gpu, catalog),
  });

import { formatCount } from "#format/numbers.ts";
import type { Candidate, OomSubject } from "./candidates/candidate.ts";
import { GIB } from "#calc/base/bytes.ts";
import { formatGib } from "#format/bytes.ts";
import { middleOf, type ByteRange } from "./request-range.ts";
import type { Figures, OomMessage } from "./read-oom.ts";
import { PHASE_WORDS, PLACE_WORDS } from "./moment.ts";

/** "4 B × 8 × 2,000 tokens × 256,000 = 16,384,000,000 B". */
export const productWords = ({ formula, bytes }: Candidate): string => `${formula} = ${formatCount(bytes)} B`;

/** A CUDA context, and what NCCL and libraries have beside PyTorch: more than this is of another process. */
const MOST_CONTEXT = 2 * GIB;

/** Less is what any run has. */
const LEAST_UNUSED = GIB / 4;

/** What PyTorch had of the card, and no tensor. */
const unused = ({ unallocated, reserved, allocated }: Figures): number => {
  if (unallocated !== null) return middleOf(unallocated);
  return reserved === null || allocated === null ? 0 : middleOf(reserved) - middleOf(allocated);
};

/** What of the card neither this process has, nor nobody. */
const ofOthers = ({ total, free, inUse, reserved }: Figures): number => {
  if (total === null || free === null) return 0;
  const ours = inUse ?? reserved;
  return ours === null ? 0 : middleOf(total) - middleOf(free) - middleOf(ours);
};

/** What figures beside the request say: memory that nobody used, and memory that somebody else had. */
export const besideWords = (figures: Figures): readonly string[] => {
  const words: string[] = [];
  const idle = unused(figures);
  if (idle >= LEAST_UNUSED && idle > middleOf(figures.tried ?? { low: 0, high: 0 }))
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
export const isSure = (
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
export const printedBytes = (range: ByteRange): string => {
  const bytes = middleOf(range);
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
export const whenWords = ({ moment: { phase, place }, functions }: OomMessage): string => {
  if (phase === null && place === null)
    return functions.length === 0
      ? "The text has no traceback, so the size alone decides; paste all of it for more."
      : "Its traceback names no function that says when it was.";
  const words = [phase === null ? "" : PHASE_WORDS[phase], place === null ? "" : PLACE_WORDS[place]];
  return `It was ${words.filter((each) => each !== "").join(", ")}.`;
};

import type { ByteRange } from "./byte-range.ts";
import { type Figures, readFigures } from "./figures.ts";
import { inOneLine } from "./in-one-line.ts";
import { momentOf, type OomMoment } from "./moment.ts";
import { plainText } from "./plain-text.ts";
import { type Request, requestOf } from "./request-range.ts";
import { shownMessage, type ShownMessage } from "./shown-message.ts";
import { readTraceback } from "./traceback.ts";
import { withoutFigure, type WithoutFigure } from "./without-figure.ts";

/** An error with its figures, and when it came. */
export type OomMessage = Readonly<{
  kind: "message";
  /** Its words, to be shown. */
  shown: ShownMessage;
  figures: Figures & Readonly<{ tried: ByteRange }>;
  /** Tensors that it can be about. */
  request: Request;
  /** What tensors have; of texts that do not print it, null. */
  allocated: ByteRange | null;
  functions: readonly string[];
  moment: OomMoment;
}>;

/** What a text is: an error, an error without a figure, or none of memory. */
export type ReadOom = OomMessage | Readonly<{ kind: "without-figure" } & WithoutFigure> | Readonly<{ kind: "none" }>;

/** What the figures of one error stand in. */
const MESSAGE_LENGTH = 1500;
/** What is read before an error: more than the longest traceback. */
const TRACEBACK_LENGTH = 60_000;

const MARK = "tried to allocate";
/** A log of more errors than this says nothing new. */
const MOST_PLACES = 1000;
/** The words of the mark, and what may stand between them where lines break. */
const MARK_LENGTH = 120;

/** Where errors of PyTorch's begin; "DefaultCPUAllocator: ... you tried to allocate" is the host's. */
const placesOf = (lower: string): readonly number[] => {
  const places: number[] = [];
  for (let at = lower.indexOf("tried"); at !== -1 && places.length < MOST_PLACES; at = lower.indexOf("tried", at + 1)) {
    const isMark = inOneLine(lower.slice(at, at + MARK_LENGTH)).startsWith(MARK);
    if (isMark && !lower.slice(Math.max(0, at - 8), at).includes("you ")) places.push(at);
  }
  return places;
};

/** Up to where the error of another rank begins. @param text in one line */
const alone = (text: string): string => {
  const next = text.toLowerCase().indexOf(MARK, MARK.length);
  return next === -1 ? text : text.slice(0, next);
};

/** The error that begins at a place; null where it is not of PyTorch, or was there already. @param known words of those that were read */
const messageAt = (text: string, at: number, known: ReadonlySet<string>): OomMessage | null => {
  const message = alone(inOneLine(text.slice(at, at + MESSAGE_LENGTH)));
  const figures = readFigures(message);
  const shown = shownMessage(text, at, message);
  const { tried, allocated } = figures;
  if (tried === null || shown === null || known.has(shown.request)) return null;
  const traceback = readTraceback(text.slice(Math.max(0, at - TRACEBACK_LENGTH), at));
  return {
    kind: "message",
    shown,
    figures: { ...figures, tried },
    request: requestOf(tried),
    allocated,
    functions: [...traceback.frames, ...traceback.calls],
    moment: momentOf(traceback),
  };
};

/** A letter that is longer in lower case would move all places behind it. */
const searchable = (text: string): string => {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
};

/**
 * The errors of a log in their order, each request once: ranks and tries that fail alike say it again.
 *
 * @param most more of them are not read
 */
export const readOoms = (text: string, most: number): readonly OomMessage[] => {
  const plain = plainText(text);
  const found = new Map<string, OomMessage>();
  for (const at of placesOf(searchable(plain))) {
    if (found.size >= most) break;
    const message = messageAt(plain, at, new Set(found.keys()));
    if (message !== null) found.set(message.shown.request, message);
  }
  return [...found.values()];
};

/**
 * Reads the out-of-memory text of a run: PyTorch's of versions 1.13 to 2.13 on CUDA, HIP, XPU and MPS, alone or with its traceback, as a log of many ranks
 * has it. The first error is read: the others follow from it. Nothing throws, whatever the text is.
 *
 * @param text at most as long as a file may be (`MOST_BYTES`); of it what stands around the error is read
 */
export const readOom = (text: string): ReadOom => {
  const [message] = readOoms(text, 1);
  if (message !== undefined) return message;
  const bare = withoutFigure(searchable(plainText(text)));
  return bare === null ? { kind: "none" } : { kind: "without-figure", ...bare };
};

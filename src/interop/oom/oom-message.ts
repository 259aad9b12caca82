// Parser of OOM messages: figures, request, and moment of each error in a log.

import { type ByteRange, printedRange, type Request, requestOf } from "./request-range.ts";
import { momentOf, type OomMoment, plainText, readTraceback } from "./traceback.ts";

/** The figures of an error, each null where the text does not have it. */
export type Figures = Readonly<{
  /** The segment that the device was asked for. */
  tried: ByteRange | null;
  total: ByteRange | null;
  free: ByteRange | null;
  /** What tensors have. */
  allocated: ByteRange | null;
  /** What PyTorch has from the device. */
  reserved: ByteRange | null;
  /** What PyTorch has from the device and no tensor has. */
  unallocated: ByteRange | null;
  /** What this process has of the card, PyTorch or not. */
  inUse: ByteRange | null;
  /** What a process is allowed to have (`set_per_process_memory_fraction`). */
  allowed: ByteRange | null;
  /** Of what is allocated, what CUDA graphs have. */
  privatePools: ByteRange | null;
}>;

/** A figure with its unit. Every repetition is bounded, and none stands inside another: what a text costs grows with its length alone. */
const FIGURE = String.raw`(\d{1,15}(?:\.\d{1,6})?) ?(bytes|[KMGT]iB|[KMGE]B)`;

const labelled = (before: string, after: string): RegExp => new RegExp(before + FIGURE + after, "i");

/**
 * What stands around each figure, of several versions one after the other.
 *
 * - 1.13 and 2.0: "(GPU 0; T total capacity; A already allocated; F free; R reserved in total by PyTorch)"; before 1.4 "C cached".
 * - 2.1 and later: "GPU 0 has a total capacity of T of which F is free. Including non-PyTorch memory, this process has U memory in use. Of the allocated memory
 *   A is allocated by PyTorch, and R is reserved by PyTorch but unallocated." 2.1 wrote "capacty". Containers have "Process N has U memory in use."
 * - Apple's GPUs: "(MPS allocated: A, other allocations: O, max allowed: M)".
 *
 * @see c10/cuda/CUDACachingAllocator.cpp, `malloc`; aten/src/ATen/mps/MPSAllocator.mm
 */
const LABELS: Readonly<Record<keyof Figures, readonly RegExp[]>> = {
  tried: [labelled("tried to allocate ", "")],
  total: [labelled("", " total capacity"), labelled("total capaci?ty of ", "")],
  free: [labelled("", " free[;)]"), labelled("of which ", " is free")],
  allocated: [
    labelled("", " already allocated"),
    labelled("allocated memory ", " is allocated by PyTorch"),
    labelled("MPS allocated: ", ""),
  ],
  reserved: [labelled("", " reserved in total"), labelled("", " cached[);]")],
  unallocated: [labelled("", " is reserved by PyTorch but unallocated")],
  inUse: [
    labelled("this process has ", " memory in use"),
    labelled(String.raw`process \d{1,10} has `, " memory in use"),
  ],
  allowed: [labelled("", " allowed[;)]"), labelled("max allowed: ", "")],
  privatePools: [labelled("with ", " allocated in private pools")],
};

const figureOf = (text: string, labels: readonly RegExp[]): ByteRange | null => {
  for (const label of labels) {
    const [, figure, unit] = label.exec(text) ?? [];
    if (figure !== undefined && unit !== undefined) return printedRange(figure, unit);
  }
  return null;
};

/**
 * The figures of one error.
 *
 * @param text of the error alone, in one line: a text that goes on would lend its figures
 */
const readFigures = (text: string): Figures => {
  const of = (name: keyof Figures): ByteRange | null => figureOf(text, LABELS[name]);
  return {
    tried: of("tried"),
    total: of("total"),
    free: of("free"),
    allocated: of("allocated"),
    reserved: of("reserved"),
    unallocated: of("unallocated"),
    inUse: of("inUse"),
    allowed: of("allowed"),
    privatePools: of("privatePools"),
  };
};

/** One line, without what ranks, drawings of tracebacks and terminals put between words. */
const inOneLine = (text: string): string =>
  text
    .replaceAll(/\[rank\d{1,5}\]:?/gi, " ")
    .replaceAll(/[\u2500-\u257F]/g, " ")
    .replaceAll(/\s{1,200}/g, " ")
    .replaceAll(/ {2,200}/g, " ");

/** A message as a reader knows it again, with its request apart; without the advice that PyTorch adds and what the log goes on with. */
type ShownMessage = Readonly<{ before: string; request: string; after: string }>;

/** What the line has before the error: "torch.OutOfMemoryError: CUDA out of memory. ". */
const MOST_BEFORE = 160;
const MOST_AFTER = 700;

const REQUEST = new RegExp(`^(tried to allocate )(${FIGURE})`, "i");

/** How figures end that stand behind the request. */
const LAST_FIGURES =
  /(?:by PyTorch but unallocated|in total by PyTorch\)|cached\)|memory in use|is free|free\)|on private pool)\.?/gi;

/** Up to the last figures; a sentence where there are none. */
const figuresOf = (after: string): string => {
  const last = [...after.slice(0, MOST_AFTER).matchAll(LAST_FIGURES)].at(-1);
  return last === undefined ? (/^[^.\n]{0,80}\.?/.exec(after)?.[0] ?? "") : after.slice(0, last.index + last[0].length);
};

const lineBefore = (text: string, at: number): string => {
  const before = text.slice(Math.max(0, at - MOST_BEFORE), at);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const isCut = line.length === MOST_BEFORE && at > MOST_BEFORE;
  return `${isCut ? "… " : ""}${inOneLine(line).trimStart()}`;
};

/**
 * What is shown of an error.
 *
 * @param text with the error in it
 * @param at where its "tried" begins
 * @param message the error from there on, alone and in one line
 */
const shownMessage = (text: string, at: number, message: string): ShownMessage | null => {
  const [whole, mark, request] = REQUEST.exec(message) ?? [];
  if (whole === undefined || mark === undefined || request === undefined) return null;
  return { before: lineBefore(text, at) + mark, request, after: figuresOf(message.slice(whole.length)).trimEnd() };
};

/** An error of memory that does not say how much was asked for: what it is, and what can be done. */
type WithoutFigure = Readonly<{ of: string; sentence: string }>;

const RUN_AGAIN =
  'It does not say how much was asked for. Run it again with CUDA_LAUNCH_BLOCKING=1, or with more of the card free, until PyTorch\'s own text comes ("Tried to allocate ...").';

const CUT_OFF =
  'This is PyTorch\'s error, and its figures are missing. Copy all of it: the line that goes on with "Tried to allocate ..." and, if you have it, the traceback above.';

const KNOWN: readonly Readonly<{ has: string; of: string; sentence: string }>[] = [
  {
    has: "defaultcpuallocator",
    of: "host memory",
    sentence:
      "This is memory of the host and not of a GPU: DefaultCPUAllocator had none left. Load the model onto the GPU directly (device_map), with fewer processes, or on a host with more.",
  },
  {
    has: "error out of memory at line",
    of: "bitsandbytes",
    sentence: `This is bitsandbytes' own allocation: states of a paged optimizer, which CUDA's managed memory had no room for. ${RUN_AGAIN}`,
  },
  {
    has: "cublas_status_alloc_failed",
    of: "cuBLAS",
    sentence: `cuBLAS found no room for its workspace or handle (8 to 32 MiB): the card was full before. ${RUN_AGAIN}`,
  },
  {
    has: "failed, nccl error",
    of: "NCCL",
    sentence: `NCCL found no room for its buffers, outside of what PyTorch counts: the card was full before. ${RUN_AGAIN}`,
  },
  {
    has: "error: out of memory",
    of: "the CUDA driver",
    sentence: `The driver had no memory, outside of PyTorch's allocator: another process has the card, or PyTorch has all of it. ${RUN_AGAIN}`,
  },
  { has: "outofmemoryerror", of: "PyTorch", sentence: CUT_OFF },
  { has: "backend out of memory", of: "PyTorch", sentence: CUT_OFF },
  { has: "hip out of memory", of: "PyTorch", sentence: CUT_OFF },
  { has: "cuda out of memory", of: "PyTorch", sentence: CUT_OFF },
];

/** What an error without a figure is; null where the text is none that is known. @param text in lower case */
const withoutFigure = (text: string): WithoutFigure | null => {
  const known = KNOWN.find(({ has }) => text.includes(has));
  return known === undefined ? null : { of: known.of, sentence: known.sentence };
};

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
type ReadOom = OomMessage | Readonly<{ kind: "without-figure" } & WithoutFigure> | Readonly<{ kind: "none" }>;

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

import { type ByteRange, printedRange } from "./byte-range.ts";

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
export const FIGURE = String.raw`(\d{1,15}(?:\.\d{1,6})?) ?(bytes|[KMGT]iB|[KMGE]B)`;

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
export const readFigures = (text: string): Figures => {
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

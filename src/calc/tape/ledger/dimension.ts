import type { FormulaInput } from "#calc/base/formula/formula.ts";
import { constant, setting } from "#calc/base/formula/inputs.ts";

/**
 * Where sizes are asked for: rows of a batch, positions of a row, tokens of one chunk of a loss, positions of one chunk
 * of a scan.
 */
export type Asked = Readonly<{ b: number; s: number; chunk: number; chunkSize: number }>;

/** What dimensions are counted from. */
const QUANTITIES = ["b", "s", "chunk", "c"] as const;
type Quantity = (typeof QUANTITIES)[number];

/** Every quantity in that order: what is asked for, and how many chunks a scan cuts the sequence into. */
export type Extent = readonly number[];

/** The quantities of what is asked for. */
export const extentOf = ({ b, s, chunk, chunkSize }: Asked): Extent => [b, s, chunk, Math.ceil(s / chunkSize)];

/** What is known of a dimension. */
type Facts = Readonly<{
  /** What it is, and how many more than that: none rather than less. */
  of: Quantity;
  more: number;
  /** Such a number in a formula. */
  named: (value: number) => FormulaInput;
  /**
   * What bytes are counted by that grow with it: alone, in each row of a batch, and two of it in one tensor where there
   * are such tensors.
   */
  word: string;
  inRows?: string;
  pair?: string;
  /**
   * Products that it is never more than, for any batch and length from 1 up. What follows from these need not be said.
   */
  within: readonly (readonly string[])[];
  /** Whether it can be 0. */
  canBeNone?: true;
}>;

/** So many positions more than the sequence has. */
const positions = (more: number): Pick<Facts, "of" | "more" | "named"> => ({
  of: "s",
  more,
  named: (value) => setting(more === 0 ? "sequence_length" : `sequence_length + ${more}`, value),
});

/** So many chunks more than a scan cuts the sequence into. */
const chunks = (more: number): Pick<Facts, "of" | "more" | "named"> => ({
  of: "c",
  more,
  named: (value) => constant("chunks of the sequence", value),
});

/**
 * Every dimension that is no plain number. Its value, its words and what it is compared by stand here alone: monomials,
 * formulas and the order in which sizes make each other good are made of them. Formulas name first what stands last.
 */
const TABLE = {
  s: { ...positions(0), word: "position", inRows: "token", pair: "pair of positions", within: [["s+1"]] },
  b: { of: "b", more: 0, named: (value) => setting("micro_batch_size", value), word: "row", within: [] },
  /** Labels, padded before they are shifted; scores beside which a sink stands. */
  "s+1": { ...positions(1), word: "position", inRows: "label", within: [["s+2"]] },
  /** Tokens of one chunk of a loss that never has all logits at once. */
  chunk: {
    of: "chunk",
    more: 0,
    named: (value) => constant("tokens of a chunk", value),
    word: "token of a chunk",
    within: [["b", "s"]],
  },
  /** Convolved with padding on both sides, of two positions or three. */
  "s+2": { ...positions(2), word: "convolved token", within: [["s+3"]] },
  "s+3": { ...positions(3), word: "convolved token", within: [] },
  /** What a scan cuts the sequence into. */
  c: { ...chunks(0), word: "copy for each chunk", inRows: "chunk", within: [["s"], ["c+1"]] },
  "c+1": { ...chunks(1), word: "chunk", pair: "pair of chunks", within: [["s+1"]] },
  "c-1": { ...chunks(-1), word: "chunk", within: [["c"]], canBeNone: true },
  "c-3": { ...chunks(-3), word: "chunk", within: [["c-1"]], canBeNone: true },
} as const satisfies Readonly<Record<string, Facts>>;

/** The name of a dimension. */
export type Dimension = keyof typeof TABLE;

/** The rows of a batch: words and formulas name them first. */
export const ROWS: Dimension = "b";

/** The table by name. */
export const DIMENSIONS: Readonly<Record<Dimension, Facts>> = TABLE;

/** The names in the order of the table. */
export const DIMENSION_NAMES = Object.keys(TABLE) as readonly Dimension[];

/** Pairs of one chunk more, told as one number. */
const PAIRS = { "(c+1)^2": "c+1" } as const satisfies Readonly<Record<string, Dimension>>;

/** One dimension of a tensor: a number, or what the table names, or two of that in one. */
export type Dim = number | Dimension | keyof typeof PAIRS;

/** The dimensions that a tensor's dimension is made of; throws with its name where nobody knows it. */
export const dimensionsIn = (dim: Exclude<Dim, number>): readonly Dimension[] => {
  const name: string = dim;
  if (Object.hasOwn(TABLE, name)) return [name as Dimension];
  if (!Object.hasOwn(PAIRS, name)) throw new Error(`${name}: no dimension has this name`);
  const paired = PAIRS[name as keyof typeof PAIRS];
  return [paired, paired];
};

/** The index of what a dimension counts in an extent. */
export const quantityOf = (dimension: Dimension): number => QUANTITIES.indexOf(DIMENSIONS[dimension].of);

/** A dimension of a tensor as a number in a formula, at an extent. */
export const inputOf = (dim: Exclude<Dim, number>, extent: Extent): FormulaInput => {
  const dimensions = dimensionsIn(dim);
  const valueOf = (each: Dimension): number =>
    Math.max(0, (extent[quantityOf(each)] as number) + DIMENSIONS[each].more);
  return DIMENSIONS[dimensions[0] as Dimension].named(dimensions.reduce((product, each) => product * valueOf(each), 1));
};

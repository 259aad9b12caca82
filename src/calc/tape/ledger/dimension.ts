// Dimensions of tensors by name: their value, formula, order, and which are never larger than others.

import { type FormulaInput, constant, setting } from "#calc/base/formula.ts";
import { type Extent, type ExtentQuantity, QUANTITIES } from "./extent.ts";

/** What is known of a dimension. */
type Facts = Readonly<{
  /** Its value: `of` plus `more`, at least 0. "c-1" is c plus −1. */
  of: ExtentQuantity;
  more: number;
  /** The dimension in a formula, with its value. */
  named: (value: number) => FormulaInput;
  /** Whether it may stand twice in one tensor. */
  pairs?: true;
  /**
   * Products that it is never more than, for any batch and length from 1 up. Those that follow are left out: s ≤ s+2 follows from s ≤ s+1.
   */
  within: readonly (readonly string[])[];
  /** Whether it can be 0. */
  canBeNone?: true;
  /** Whether it counts tensors, each of which is rounded up to blocks by itself. */
  alone?: true;
}>;

/** A quantity and what is added to it: "tokens", "(tokens + 1)", "(tokens − 1)" */
const named = (quantity: string, more: number): string =>
  more === 0 ? quantity : `(${quantity} ${more < 0 ? "−" : "+"} ${Math.abs(more)})`;

/** The positions of the sequence plus `more`. */
const positions = (more: number): Pick<Facts, "of" | "more" | "named"> => ({
  of: "s",
  more,
  named: (value) => setting(named("tokens", more), value, "sequence_length"),
});

/** The positions of the sequence, up to a multiple of a number. */
const positionsUpTo = (step: 8 | 32): Pick<Facts, "of" | "more" | "named"> => ({
  of: `s${step}`,
  more: 0,
  named: (value) => setting(`(tokens, up to a multiple of ${step})`, value, "sequence_length"),
});

/** The chunks of the sequence plus `more`. */
const chunks = (more: number): Pick<Facts, "of" | "more" | "named"> => ({
  of: "c",
  more,
  named: (value) => constant("chunks of the sequence", value),
});

/**
 * Every dimension that is no plain number. Its value, its name and its order are defined here alone: growths, formulas and comparisons of
 * sizes are made from them. A formula's sum begins with the dimension that stands last here.
 */
const TABLE = {
  s: { ...positions(0), pairs: true, within: [["s+1"], ["s8"]] },
  b: { of: "b", more: 0, named: (value) => setting("rows", value, "micro_batch_size"), within: [] },
  /** Rows, or all rows but one, that have a tensor of their own each. */
  "each row": {
    of: "b",
    more: 0,
    named: (value) => setting("rows", value, "micro_batch_size"),
    within: [["b"]],
    alone: true,
  },
  "each other row": {
    of: "b",
    more: -1,
    named: (value) => setting("(rows − 1)", value, "micro_batch_size"),
    within: [["each row"]],
    canBeNone: true,
    alone: true,
  },
  /** Labels, which are padded before they are shifted; scores with a column for a sink beside them. */
  "s+1": { ...positions(1), within: [["s+2"]] },
  /** Tokens of one chunk of a loss that never has all logits at once. */
  chunk: {
    of: "chunk",
    more: 0,
    named: (value) => constant("tokens of a chunk", value),
    within: [["b", "s"]],
  },
  /** The output of a convolution, s + kernel − 1, of a kernel of 3 or 4 positions. */
  "s+2": { ...positions(2), within: [["s+3"]] },
  "s+3": { ...positions(3), within: [["s", "s8"]] },
  /** Logits and labels that are shifted before the loss. */
  "s-1": { ...positions(-1), within: [["s"]], canBeNone: true },
  /** Tokens of the batch, before which the model has virtual ones. */
  own: {
    of: "own",
    more: 0,
    named: (value) => setting("tokens of the batch", value, "sequence_length"),
    within: [["s"]],
  },
  /** Columns of a bias as the memory-efficient kernel reads it, and rows of its log-sum-exp. */
  s8: { ...positionsUpTo(8), within: [["s32"]] },
  s32: { ...positionsUpTo(32), within: [] },
  /** Tokens of the batch that a loss scores: all rows together. */
  n: {
    of: "n",
    more: 0,
    named: (value) => constant("scored tokens", value),
    within: [["b", "s"]],
    canBeNone: true,
  },
  /** Prompts of rows that are generated from, padded on the left; their completions, padded on the right. */
  p: {
    of: "p",
    more: 0,
    named: (value) => setting("tokens of a prompt", value, "sequence_length"),
    within: [["s"]],
    canBeNone: true,
  },
  k: {
    of: "k",
    more: 0,
    named: (value) => setting("tokens of a completion", value, "sequence_length"),
    within: [["s"]],
  },
  /** Logits of completions, of which the first is that of the last token before them. */
  "k+1": {
    of: "k",
    more: 1,
    named: (value) => setting(named("tokens of a completion", 1), value, "sequence_length"),
    within: [["s+1"]],
  },
  /** Sides of pairs that come to the trainer apart. */
  prompt: {
    of: "lp",
    more: 0,
    named: (value) => setting("tokens of a prompt", value, "sequence_length"),
    within: [["s"]],
  },
  chosen: {
    of: "lc",
    more: 0,
    named: (value) => setting("tokens of a chosen row", value, "sequence_length"),
    within: [["s"]],
  },
  rejected: {
    of: "lr",
    more: 0,
    named: (value) => setting("tokens of a rejected row", value, "sequence_length"),
    within: [["s"]],
  },
  /** The wider of the two sides, and that behind a prompt, where completions come without theirs. */
  wider: {
    of: "lw",
    more: 0,
    named: (value) => setting("tokens of the longest completion", value, "sequence_length"),
    within: [],
  },
  joined: {
    of: "lj",
    more: 0,
    named: (value) => setting("tokens of the longest prompt and of the longest completion", value, "sequence_length"),
    within: [],
  },
  /** Scored tokens of the chosen and of the rejected half. */
  nc: {
    of: "nc",
    more: 0,
    named: (value) => constant("scored tokens of chosen rows", value),
    within: [],
    canBeNone: true,
  },
  nr: {
    of: "nr",
    more: 0,
    named: (value) => constant("scored tokens of rejected rows", value),
    within: [],
    canBeNone: true,
  },
  /** Numbers of the pieces of 128 predictions before the last whole one. */
  "earlier pieces": {
    of: "pieces",
    more: 0,
    named: (value) => constant("predictions of earlier pieces", value),
    within: [["b", "s"]],
    canBeNone: true,
  },
  "earlier completion pieces": {
    of: "kpieces",
    more: 0,
    named: (value) => constant("predictions of earlier pieces", value),
    within: [["b", "k"]],
    canBeNone: true,
  },
  /** Chunks that a scan cuts the sequence into. */
  c: { ...chunks(0), within: [["s"], ["c+1"]] },
  "c+1": { ...chunks(1), pairs: true, within: [["s+1"]] },
  "c-1": { ...chunks(-1), within: [["c"]], canBeNone: true },
  "c-3": { ...chunks(-3), within: [["c-1"]], canBeNone: true },
} as const satisfies Readonly<Record<string, Facts>>;

/** Dimensions that a forward's tensors have and that follow from the length of its rows. */
const OF_ROWS = ["s", "s+1", "s+2", "s+3", "s-1", "own", "s8", "s32", "c", "c+1", "c-1", "c-3"] as const;
type OfMismatched = `mismatched ${(typeof OF_ROWS)[number]}`;

/** The quantity that takes the place of another in the batch of mismatched completions. */
const MISMATCHED: Readonly<Partial<Record<ExtentQuantity, ExtentQuantity>>> = {
  s: "ms",
  c: "mc",
  s8: "ms8",
  s32: "ms32",
  own: "mown",
};

/** A dimension as the batch of mismatched completions has it, whose rows may be longer or shorter. */
const ofMismatched = ({ of, named: input, ...facts }: Facts): Facts => ({
  ...facts,
  of: MISMATCHED[of] ?? of,
  named: (value) => {
    const { name, ...rest } = input(value);
    return { ...rest, name: `${name} of a mismatched row` };
  },
  within: [],
});

/** The name of a dimension. */
export type Dimension = keyof typeof TABLE | OfMismatched;

/** The rows of a batch, which stand first in every product. */
export const ROWS: Dimension = "b";

/** The table by name. */
export const DIMENSIONS: Readonly<Record<Dimension, Facts>> = {
  ...TABLE,
  ...(Object.fromEntries(
    OF_ROWS.map((dimension) => [`mismatched ${dimension}`, ofMismatched(TABLE[dimension])]),
  ) as Record<OfMismatched, Facts>),
};

/** The names in the order of the table. */
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as readonly Dimension[];

/** Dimensions of tensors that are the square of one of the table: (c+1)² pairs of chunks. */
const PAIRS = { "(c+1)^2": "c+1" } as const satisfies Readonly<Record<string, Dimension>>;

/** One dimension of a tensor: a number, a name of the table, or the square of one. */
export type Dim = number | Dimension | keyof typeof PAIRS;

/** The factors of a tensor's dimension: `s` → [s], `(c+1)^2` → [c+1, c+1]. Throws with its name if nobody knows it. */
export const dimensionsIn = (dim: Exclude<Dim, number>): readonly Dimension[] => {
  const name: string = dim;
  if (Object.hasOwn(DIMENSIONS, name)) return [name as Dimension];
  if (!Object.hasOwn(PAIRS, name)) throw new Error(`${name}: no dimension has this name`);
  const paired = PAIRS[name as keyof typeof PAIRS];
  return [paired, paired];
};

/** The index in an extent of the quantity that a dimension is made of. */
export const quantityOf = (dimension: Dimension): number => QUANTITIES.indexOf(DIMENSIONS[dimension].of);

/** A dimension of a tensor in a formula, with its value at an extent. */
export const dimensionInput = (dim: Exclude<Dim, number>, extent: Extent): FormulaInput => {
  const dimensions = dimensionsIn(dim);
  const valueOf = (each: Dimension): number =>
    Math.max(0, (extent[quantityOf(each)] as number) + DIMENSIONS[each].more);
  return DIMENSIONS[dimensions[0] as Dimension].named(dimensions.reduce((product, each) => product * valueOf(each), 1));
};

/** The dimension of a tensor as the batch of mismatched completions has it; of what does not follow from the length of its rows, the same. */
export const mismatchedDims = (dim: Dim): readonly Dim[] =>
  typeof dim === "number"
    ? [dim]
    : dimensionsIn(dim).map((each) => {
        const name = `mismatched ${each}`;
        return Object.hasOwn(DIMENSIONS, name) ? (name as OfMismatched) : each;
      });

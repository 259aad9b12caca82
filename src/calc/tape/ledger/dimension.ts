import type { FormulaInput } from "#calc/base/formula/formula.ts";
import { constant, setting } from "#calc/base/formula/inputs.ts";

/**
 * Where sizes are evaluated. `b`: rows of a batch; `s`: tokens of a row; `chunk`: tokens of one chunk of a loss; `chunkSize`: positions
 * of one chunk of a scan; `virtualTokens`: positions that the model has before those of the row's tokens; `scored`: tokens of the batch whose prediction a
 * loss scores, absent: all that a position before them predicts; `completion`: positions of each row's completion, absent: all are;
 * `sides`: of pairs that come apart, absent: each as long as a row.
 */
export type Asked = Readonly<{
  b: number;
  s: number;
  chunk: number;
  chunkSize: number;
  virtualTokens?: number;
  scored?: number;
  completion?: number;
  sides?: Readonly<{ prompt: number; chosen: number; rejected: number }>;
}>;

/**
 * The quantities that dimensions are made of. `c`: the number of chunks that a scan cuts the sequence into. `s8`, `s32`: the positions of a row, up to a
 * multiple of 8 and of 32. `own`: the tokens of a row, which are all its positions but for virtual ones. `n`: the tokens of the batch that a loss scores. `p`, `k`: positions of
 * a row that its prompt and its completion are padded to. `row`: positions of a shifted row, up to a multiple of 128: a number of 4 B of each
 * fills whole blocks. `pieces`: predictions of the batch in whole pieces of 128, but for the last of these. `lp`, `lc`,
 * `lr`: what prompts, chosen and rejected rows are each padded to.
 */
const QUANTITIES = [
  "b",
  "s",
  "chunk",
  "c",
  "s8",
  "s32",
  "own",
  "n",
  "p",
  "k",
  "row",
  "pieces",
  "lp",
  "lc",
  "lr",
] as const;
type Quantity = (typeof QUANTITIES)[number];

/** A value for each of `QUANTITIES`, in their order. */
export type Extent = readonly number[];

/** The positions, up to a multiple of `step`. */
const upTo = (step: number, positions: number): number => Math.ceil(positions / step) * step;

/**
 * Tokens of a batch that have a position before them, and so a prediction.
 *
 * @param b rows
 * @param own tokens of a row
 */
export const predictedTokens = (b: number, own: number, virtualTokens = 0): number =>
  b * Math.max(0, virtualTokens > 0 ? own : own - 1);

/** Predictions of a batch in the whole pieces of 128 before the last of these. */
const earlierPieces = (b: number, s: number): number => 128 * Math.max(0, Math.floor((b * (s - 1)) / 128) - 1);

/** The values of all quantities where sizes are evaluated. */
export const extentOf = ({
  b,
  s: own,
  chunk,
  chunkSize,
  virtualTokens = 0,
  scored,
  completion = own,
  sides = { prompt: own, chosen: own, rejected: own },
}: Asked): Extent => {
  const s = own + virtualTokens;
  const n = scored ?? predictedTokens(b, own, virtualTokens);
  return [
    b,
    s,
    chunk,
    Math.ceil(s / chunkSize),
    upTo(8, s),
    upTo(32, s),
    own,
    n,
    own - completion,
    completion,
    upTo(128, s - 1),
    earlierPieces(b, s),
    sides.prompt,
    sides.chosen,
    sides.rejected,
  ];
};

/** What is known of a dimension. */
type Facts = Readonly<{
  /** Its value: `of` plus `more`, at least 0. "c-1" is c plus −1. */
  of: Quantity;
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
  /** What is kept of each row of a batch in a tensor of its own, a number a position. */
  "row sums": {
    of: "row",
    more: 0,
    named: (value) => setting("(tokens − 1, up to a multiple of 128)", value, "sequence_length"),
    within: [],
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
  /** Numbers of the pieces of 128 predictions before the last whole one. */
  "earlier pieces": {
    of: "pieces",
    more: 0,
    named: (value) => constant("predictions of earlier pieces", value),
    within: [["b", "s"]],
    canBeNone: true,
  },
  /** Chunks that a scan cuts the sequence into. */
  c: { ...chunks(0), within: [["s"], ["c+1"]] },
  "c+1": { ...chunks(1), pairs: true, within: [["s+1"]] },
  "c-1": { ...chunks(-1), within: [["c"]], canBeNone: true },
  "c-3": { ...chunks(-3), within: [["c-1"]], canBeNone: true },
} as const satisfies Readonly<Record<string, Facts>>;

/** The name of a dimension. */
export type Dimension = keyof typeof TABLE;

/** The rows of a batch, which stand first in every product. */
export const ROWS: Dimension = "b";

/** The table by name. */
export const DIMENSIONS: Readonly<Record<Dimension, Facts>> = TABLE;

/** The names in the order of the table. */
export const DIMENSION_NAMES = Object.keys(TABLE) as readonly Dimension[];

/** Dimensions of tensors that are the square of one of the table: (c+1)² pairs of chunks. */
const PAIRS = { "(c+1)^2": "c+1" } as const satisfies Readonly<Record<string, Dimension>>;

/** One dimension of a tensor: a number, a name of the table, or the square of one. */
export type Dim = number | Dimension | keyof typeof PAIRS;

/** The factors of a tensor's dimension: `s` → [s], `(c+1)^2` → [c+1, c+1]. Throws with its name if nobody knows it. */
export const dimensionsIn = (dim: Exclude<Dim, number>): readonly Dimension[] => {
  const name: string = dim;
  if (Object.hasOwn(TABLE, name)) return [name as Dimension];
  if (!Object.hasOwn(PAIRS, name)) throw new Error(`${name}: no dimension has this name`);
  const paired = PAIRS[name as keyof typeof PAIRS];
  return [paired, paired];
};

/** The index in an extent of the quantity that a dimension is made of. */
export const quantityOf = (dimension: Dimension): number => QUANTITIES.indexOf(DIMENSIONS[dimension].of);

/** A dimension of a tensor in a formula, with its value at an extent. */
export const inputOf = (dim: Exclude<Dim, number>, extent: Extent): FormulaInput => {
  const dimensions = dimensionsIn(dim);
  const valueOf = (each: Dimension): number =>
    Math.max(0, (extent[quantityOf(each)] as number) + DIMENSIONS[each].more);
  return DIMENSIONS[dimensions[0] as Dimension].named(dimensions.reduce((product, each) => product * valueOf(each), 1));
};

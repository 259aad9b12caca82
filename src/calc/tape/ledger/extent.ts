// Quantities such as rows and tokens that dimensions are made of, evaluated for a batch and a length.

/** What prompts, chosen and rejected rows are each padded to, and of the latter two how many tokens a loss scores; absent: half of all. */
export type Sides = Readonly<{
  prompt: number;
  chosen: number;
  rejected: number;
  scored?: Readonly<{ chosen: number; rejected: number }>;
}>;

/**
 * Where sizes are evaluated. `b`: rows of a batch; `s`: tokens of a row; `chunk`: tokens of one chunk of a loss; `chunkSize`: positions
 * of one chunk of a scan; `virtualTokens`: positions that the model has before those of the row's tokens; `scored`: tokens of the batch whose prediction a
 * loss scores, absent: all that a position before them predicts; `completion`: positions of each row's completion, absent: all are;
 * `sides`: of pairs that come apart, absent: each as long as a row; `mismatched`: tokens of a row of the batch of mismatched completions, absent: as a row's.
 */
export type ExtentInputs = Readonly<{
  b: number;
  s: number;
  chunk: number;
  chunkSize: number;
  virtualTokens?: number;
  scored?: number;
  completion?: number;
  sides?: Sides;
  mismatched?: number;
}>;

/**
 * The quantities that dimensions are made of. `c`: the number of chunks that a scan cuts the sequence into. `s8`, `s32`: the positions of a row, up to a
 * multiple of 8 and of 32. `own`: the tokens of a row, which are all its positions but for virtual ones. `n`: the tokens of the batch that a loss scores. `p`, `k`: positions of
 * a row that its prompt and its completion are padded to. `pieces`: predictions of the batch in whole pieces of 128, but for the last of these; `kpieces`: the same
 * of completions alone. `lp`, `lc`, `lr`: what prompts, chosen and rejected rows are each padded to; `lw`, `lj`: the wider of the last two, and that behind a prompt;
 * `nc`, `nr`: scored tokens of the chosen and of the rejected half. `ms`, `mc`, `ms8`, `ms32`, `mown`: of the batch of mismatched completions what
 * `s`, `c`, `s8`, `s32`, `own` are of the batch.
 */
export const QUANTITIES = [
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
  "pieces",
  "kpieces",
  "lp",
  "lc",
  "lr",
  "lw",
  "lj",
  "nc",
  "nr",
  "ms",
  "mc",
  "ms8",
  "ms32",
  "mown",
] as const;
export type ExtentQuantity = (typeof QUANTITIES)[number];

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

/** So many predictions in the whole pieces of 128 before the last of these. */
const earlierPieces = (predictions: number): number => 128 * Math.max(0, Math.floor(predictions / 128) - 1);

/** The values of all quantities where sizes are evaluated. */
export const extentOf = ({
  b,
  s: own,
  chunk,
  chunkSize,
  virtualTokens = 0,
  scored,
  completion = own,
  sides = { prompt: own, chosen: own, rejected: own } as Sides,
  mismatched = own,
}: ExtentInputs): Extent => {
  const s = own + virtualTokens;
  const ms = mismatched + virtualTokens;
  const n = scored ?? predictedTokens(b, own, virtualTokens);
  const wider = Math.max(sides.chosen, sides.rejected);
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
    earlierPieces(b * (s - 1)),
    earlierPieces(b * completion),
    sides.prompt,
    sides.chosen,
    sides.rejected,
    wider,
    sides.prompt + wider,
    sides.scored?.chosen ?? Math.ceil(n / 2),
    sides.scored?.rejected ?? Math.floor(n / 2),
    ms,
    Math.ceil(ms / chunkSize),
    upTo(8, ms),
    upTo(32, ms),
    mismatched,
  ];
};

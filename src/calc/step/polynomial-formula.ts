import { type Amount, NOTHING, plus, product } from "#calc/formula/amount.ts";
import { constant, counted, setting } from "#calc/formula/inputs.ts";
import type { FormulaInput } from "#calc/memory-estimate.ts";
import type { Counts } from "#calc/tape/ledger.ts";
import { GRADIENT_SIZE } from "#calc/tape/ledger.ts";
import type { Point } from "./evaluate-step.ts";
import type { Recording } from "./recording.ts";
import { bytesOf } from "./parts-at.ts";

/** The factors that bytes grow by, for each growth, and what the number before them is called. @see GROWTHS */
const factorsOf = (
  { micro_batch_size, sequence_length }: Point,
  chunk: number,
  chunks: number,
): readonly (readonly FormulaInput[])[] => {
  const b = setting("micro_batch_size", micro_batch_size);
  const s = setting("sequence_length", sequence_length);
  const padded = (by: number): FormulaInput => setting(`sequence_length + ${by}`, sequence_length + by);
  const cut = (more: number): FormulaInput => constant("chunks of the sequence", Math.max(0, chunks + more));
  return [
    [],
    [s],
    [s, s],
    [b],
    [b, s],
    [b, s, s],
    [b, padded(1)],
    [b, s, padded(1)],
    [constant("tokens of a chunk", chunk)],
    [b, padded(2)],
    [b, padded(3)],
    [b, cut(0)],
    [b, cut(1)],
    [b, cut(1), cut(1)],
    [b, cut(-1)],
    [b, cut(-3)],
  ];
};

const NAMES = [
  "bytes, whatever the batch",
  "bytes of a position",
  "bytes of a pair of positions",
  "bytes of a row",
  "bytes of a token",
  "bytes of a token and position",
  "bytes of a label",
  "bytes of a token and position",
  "bytes of a token of a chunk",
  "bytes of a convolved token",
  "bytes of a convolved token",
  "bytes of a chunk",
  "bytes of a chunk and one more",
  "bytes of a pair of chunks",
  "bytes of a chunk but one",
  "bytes of a chunk but three",
] as const;

/** The coefficients of each growth: how many bytes go with it. */
const coefficients = ({ growths, factors }: Recording, counts: Counts): Float64Array => {
  const sums = new Float64Array(NAMES.length);
  counts.forEach((count, size) => {
    if (size === GRADIENT_SIZE) return;
    const growth = growths[size] ?? 0;
    sums[growth] = (sums[growth] ?? 0) + count * (factors[size] ?? 0);
  });
  return sums;
};

/**
 * What is counted, in bytes, with its formula: a polynomial in batch and length. The bytes are those of the allocator, each tensor rounded up to a
 * block; the formula is not rounded.
 */
export const polynomialAmount = (
  ledger: Recording,
  counts: Counts,
  at: Readonly<{ point: Point; sizes: Float64Array; chunk: number }>,
): Amount => {
  // A gradient that is divided over ranks need not be a whole number of blocks.
  const bytes = Math.ceil(bytesOf(counts, at.sizes));
  if (bytes === 0) return NOTHING;
  const gradientBytes = (counts[GRADIENT_SIZE] ?? 0) * (at.sizes[GRADIENT_SIZE] ?? 0);
  const factors = factorsOf(at.point, at.chunk, Math.ceil(at.point.sequence_length / ledger.chunkSize));
  const terms: Amount[] = [...coefficients(ledger, counts)].map((coefficient, growth) => ({
    bytes: coefficient,
    formula: product(...(factors[growth] ?? []), counted(NAMES[growth] ?? "", coefficient)),
  }));
  const gradients: Amount = { bytes: gradientBytes, formula: [counted("bytes of gradients", gradientBytes)] };
  return { bytes, formula: plus(gradients, ...terms.toReversed()).formula };
};

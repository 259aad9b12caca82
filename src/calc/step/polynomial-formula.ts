import { type Amount, NOTHING, plus, product } from "#calc/base/formula/amount.ts";
import { counted } from "#calc/base/formula/inputs.ts";
import type { AllocatedTermId } from "#calc/model/term.ts";
import { extentOf, inputOf } from "#calc/tape/ledger/dimension.ts";
import { growthCount, growthNamed } from "#calc/tape/ledger/growth.ts";
import { wordsOf } from "#calc/tape/ledger/growth-words.ts";
import { type Counts, GRADIENT_SIZE, type SizeTable } from "#calc/tape/ledger/size-table.ts";
import { bytesOf } from "./bytes-of.ts";
import type { BatchShape } from "./sizes-at.ts";

/** The point at which a polynomial is evaluated. */
type At = Readonly<{ batch: BatchShape; sizes: Float64Array; chunk: number }>;
/** By growth, how many bytes of a term grow so (a coefficient of 4 for `b·s`: 4 bytes a token). Without parameters' gradients, which are constant. */
const coefficientsOf = (
  { terms, growths, factors }: SizeTable,
  counts: Counts,
  term: AllocatedTermId,
): Float64Array => {
  const sums = new Float64Array(growthCount());
  for (let size = 0; size < counts.length; size++) {
    if (terms[size] !== term || size === GRADIENT_SIZE) continue;
    const growth = growths[size] as number;
    sums[growth] = (sums[growth] as number) + (counts[size] as number) * (factors[size] as number);
  }
  return sums;
};

/** The growths that a term has, in the order in which a formula names them. */
const growthsOf = (coefficients: Float64Array): readonly number[] =>
  Array.from(coefficients.keys())
    .filter((growth) => coefficients[growth] !== 0)
    .toSorted((one, other) => growthNamed(other).order - growthNamed(one).order);

/**
 * The bytes of each term, with their formula: a polynomial in batch and length. The bytes are the allocator's, each tensor rounded up to a block; the
 * formula is not rounded.
 */
export const polynomialAmounts = (table: SizeTable, counts: Counts, at: At): ((term: AllocatedTermId) => Amount) => {
  const bytesOfAll = bytesOf(table, counts, at.sizes);
  const gradientBytes = (counts[GRADIENT_SIZE] ?? 0) * (at.sizes[GRADIENT_SIZE] ?? 0);
  const { micro_batch_size: b, sequence_length: s } = at.batch;
  const extent = extentOf({ b, s, chunk: at.chunk, chunkSize: table.chunkSize });
  const arrived: Amount = { bytes: gradientBytes, formula: [counted("bytes of gradients", gradientBytes)] };
  return (term) => {
    // Gradients in a type of their own (`gradientShare`) need not be a whole number of bytes.
    const bytes = Math.ceil(bytesOfAll[term]);
    if (bytes === 0) return NOTHING;
    const summands: Amount[] = term === "gradients" ? [arrived] : [];
    const coefficients = coefficientsOf(table, counts, term);
    for (const growth of growthsOf(coefficients)) {
      const coefficient = coefficients[growth] as number;
      const inputs = growthNamed(growth).factors.map((factor) => inputOf(factor, extent));
      summands.push({ bytes: coefficient, formula: product(...inputs, counted(wordsOf(growth), coefficient)) });
    }
    return { bytes, formula: plus(...summands).formula };
  };
};

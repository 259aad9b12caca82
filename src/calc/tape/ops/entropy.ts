import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop, freshBy } from "#calc/tape/tensor.ts";

/** Rows of logits whose entropy is taken at a time. @see trl 1.8, trainer/utils.py, `entropy_from_logits` */
const ENTROPY_ROWS = 128;

/**
 * `entropy_from_logits` without a graph, for what it takes: `reshape(-1, V)` copies logits that are part of others, unless they are one row; of each 128 rows there are log-probabilities,
 * their exponentials, and the product.
 *
 * @param earlier the numbers that earlier pieces have left
 */
export const entropyWork = (logits: Tensor, earlier: Dim): void => {
  const { tape, dtype, shape } = logits;
  const make = (...dims: readonly Dim[]): Tensor => freshBy(tape, { name: "entropy", shape: shapeOf(...dims), dtype });
  const copies = tape.policies.singleRow ? [] : [freshBy(tape, { name: "clone", shape, dtype })];
  const left = freshBy(tape, { name: "entropy", shape: shapeOf(earlier), dtype: "fp32" });
  const pieces = [0, 1, 2].map(() => make(ENTROPY_ROWS, lastDim(shape)));
  for (const temporary of [...pieces, left, ...copies]) drop(temporary);
};

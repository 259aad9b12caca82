import { expect, test } from "vitest";
import {
  gatheredColumns,
  gatheredRows,
  reduced,
  reducedInBackward,
  scatteredRows,
  splitColumns,
} from "#calc/parallel/collectives.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { emptyTape, given, madeBackward, madeFromNow } from "../on-paper.ts";

/** Hidden states, a rank's half of their columns, and its half of the rows. */
const [WHOLE, COLUMNS, ROWS] = [shapeOf("b", "s", 64), shapeOf("b", "s", 32), shapeOf("b", "s", 1 / 2, 64)];
const [ALL, HALF, SHARE] = ["b×s×64 bf16", "b×s×32 bf16", "b×s×0.5×64 bf16"];

type Row = readonly [
  what: string,
  run: (x: Tensor) => Tensor,
  of: Shape,
  made: Readonly<Record<"forward" | "backward", readonly string[]>>,
];

/**
 * Each collective makes what it receives into; an all-gather and a reduce-scatter put it in order, or into order, in a second tensor.
 *
 * @see torch/distributed/_functional_collectives.py, `all_gather_tensor`, `reduce_scatter_tensor`
 */
const COLLECTIVES: readonly Row[] = [
  ["A sum over ranks", reduced, WHOLE, { forward: [ALL], backward: [] }],
  ["A sum of gradients over ranks", reducedInBackward, WHOLE, { forward: [], backward: [ALL] }],
  ["Columns put together", (x) => gatheredColumns(x, 64), COLUMNS, { forward: [ALL, ALL], backward: [HALF] }],
  ["Columns taken apart", (x) => splitColumns(x, 32), WHOLE, { forward: [HALF], backward: [ALL, ALL] }],
  ["Rows put together", gatheredRows, ROWS, { forward: [ALL, ALL], backward: [ALL, SHARE] }],
  ["A sum of which each gets rows", (x) => scatteredRows(x, 2), WHOLE, { forward: [ALL, SHARE], backward: [ALL, ALL] }],
];

test.each(COLLECTIVES)("%s makes buffers in forward or in backward", (...[, run, shape, { forward, backward }]) => {
  const tape = emptyTape();
  const x = given(tape, shape);
  const made = madeFromNow(tape);
  const result = bind(run(x));
  expect(made()).toEqual(forward);
  expect(madeBackward(result)).toEqual(backward);
});

test.each(COLLECTIVES)("%s uses up what has no name", (...[, run, shape]) => {
  const tape = emptyTape();
  const [temporary, named] = [fresh(tape, shape, "bf16"), bind(fresh(tape, shape, "bf16"))];
  run(temporary);
  run(named);
  expect([temporary.alive, named.alive]).toEqual([false, true]);
});

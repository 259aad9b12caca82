import { expect, test } from "vitest";
import { transposeMatrices } from "#calc/tape/ops/products.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { hadaWeight, kron, addScaledInPlace, scattered } from "#calc/tape/ops/tuner-products.ts";
import { norm, sumExpanded } from "#calc/tape/ops/reductions.ts";
import { divide } from "#calc/tape/ops/arithmetic.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { bind, withHolding } from "#calc/tape/scope.ts";
import { fresh } from "#calc/tape/tensor.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward, madeFromNow } from "../../on-paper.ts";

const matrix = (tape: Tape, rows: number, columns: number): Tensor =>
  given(tape, shapeOf(rows, columns), { dtype: "fp32" });

test("a Kronecker product is as large as both sides multiplied, and so is the gradient of either factor", () => {
  const tape = emptyTape();
  const product = kron(matrix(tape, 2, 3), matrix(tape, 5, 7));
  expect(inWords(product)).toBe("10×21 fp32");
  const [before] = product.node?.inputs ?? [];
  if (before === undefined) throw new Error("it is a view of a product");
  expect(madeBackward(before)).toEqual(["10×21 fp32", "10×21 fp32"]);
});

test("HadaWeight keeps its factors alone: three matrices on the way to the weight, and in backward both products again", () => {
  const tape = emptyTape();
  const factors = [matrix(tape, 8, 2), matrix(tape, 2, 6), matrix(tape, 8, 2), matrix(tape, 2, 6)] as const;
  const [made, left] = [madeFromNow(tape), leftFromNow(tape)];
  const weight = bind(hadaWeight(factors));
  expect(made()).toEqual(["8×6 fp32", "8×6 fp32", "8×6 fp32", "8×6 fp32"]);
  expect(left()).toEqual(["8×6 fp32"]);
  const [large, ofA, ofB] = ["8×6 fp32", "8×2 fp32", "2×6 fp32"];
  expect(madeBackward(weight)).toEqual([large, large, large, ofA, ofB, large, large, ofA, ofB]);
});

test("under autocast HadaWeight multiplies 16-bit copies that autocast keeps, and its backward the factors themselves", () => {
  const tape = emptyTape();
  const factors = [matrix(tape, 8, 2), matrix(tape, 2, 6), matrix(tape, 8, 2), matrix(tape, 2, 6)] as const;
  const weight = withAutocast(tape, "bf16", () => bind(hadaWeight(factors)));
  expect(inWords(weight)).toBe("8×6 bf16");
  expect(madeBackward(weight).slice(0, 3)).toEqual(["8×6 bf16", "8×6 fp32", "8×6 fp32"]);
});

test("values are put into a matrix of zeros, and their gradient is picked out of it", () => {
  const tape = emptyTape();
  const made = madeFromNow(tape);
  const put = scattered(matrix(tape, 4, 3), shapeOf(4, 3, 3));
  expect(made().slice(1)).toEqual(["4×3×3 fp32"]);
  expect(madeBackward(put)).toEqual(["4×3 fp32"]);
});

test("a transposed view and its gradient take nothing", () => {
  const tape = emptyTape();
  const made = madeFromNow(tape);
  const turned = transposeMatrices(matrix(tape, 4, 4));
  expect(made()).toHaveLength(1);
  expect(madeBackward(turned)).toEqual([]);
});

test("what is added in place times a number has a gradient of its own", () => {
  const tape = emptyTape();
  const sum = addScaledInPlace(matrix(tape, 4, 4), matrix(tape, 4, 4));
  expect(madeBackward(sum)).toEqual(["4×4 fp32"]);
});

test("a norm keeps its input and itself; backward makes two numbers and a gradient", () => {
  const tape = emptyTape();
  const made = madeFromNow(tape);
  const length = norm(matrix(tape, 4, 4));
  expect(made().slice(1)).toEqual([" fp32"]);
  expect(length.node?.saved).toHaveLength(2);
  expect(madeBackward(length)).toEqual([" fp32", " bool", "4×4 fp32"]);
});

test("the gradient of a sum is a view of what arrived", () => {
  const tape = emptyTape();
  const sum = sumExpanded(given(tape, shapeOf(4, 2, 8)), shapeOf(4, 8));
  expect(inWords(sum)).toBe("4×8 bf16");
  expect(madeBackward(sum)).toEqual([]);
});

test("a quotient's temporaries go before the last gradient is made", () => {
  const tape = emptyTape();
  const quotient = divide(matrix(tape, 4, 4), matrix(tape, 4, 4));
  const { node } = quotient;
  if (node === null) throw new Error("a quotient of trained tensors has a node");
  const gradient = bind(fresh(tape, quotient.shape, "fp32"));
  const left = leftFromNow(tape);
  withHolding(tape.names, true, () => node.backward([gradient], node));
  expect(left()).toEqual(["4×4 fp32", "4×4 fp32"]);
});

import { describe, expect, test } from "vitest";
import { createTape } from "#calc/tape/create-tape.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { addTo, add, mul, divide, divideInPlace, addInPlace, scaleInPlace } from "#calc/tape/ops/arithmetic.ts";
import {
  clampBelow,
  clampBetween,
  cumsum,
  exp,
  expm1,
  softplus,
  sqrt,
  clone,
  gelu,
  negate,
  relu,
  rsqrt,
  scale,
  sigmoid,
  silu,
  square,
  tanh,
} from "#calc/tape/ops/unary.ts";
import { conv1d } from "#calc/tape/ops/products.ts";
import { addToPart, embedding, gather, topValues } from "#calc/tape/ops/indexing.ts";
import { foldProduct } from "#calc/tape/ops/tuner-products.ts";
import { layerNorm } from "#calc/tape/ops/layer-norm.ts";
import { to, expand } from "#calc/tape/ops/views.ts";
import { maskedFill, minimumWithNumber, where } from "#calc/tape/ops/selection.ts";
import { parameter } from "#calc/tape/parameter.ts";
import { bind, withHolding } from "#calc/tape/scope.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";

const SIDE = 64;
const MATRIX = shapeOf(SIDE, SIDE);

const begin = (): Tape => {
  const policies = { fakeTensors: true, singleRow: false, singleChunk: false, paddedChunk: false };
  const tape = createTape({ ...policies, gradientShare: 1 }, { chunkSize: 1, keepsGraph: false });
  enterLayer(tape, 0);
  return tape;
};

/** What operations are tried with: two trained matrices, a frozen one, and one of numbers of rows. */
type Given = Readonly<{ tape: Tape; a: Tensor; b: Tensor; frozen: Tensor; ids: Tensor }>;
type Operation = (given: Given) => Tensor;

const given = (shape: Shape = MATRIX): Given => {
  const tape = begin();
  const make = (name: string, trained: boolean): Tensor =>
    parameter(tape, { name, shape, dtype: "fp32", term: "weights", trained });
  return {
    tape,
    a: make("a", true),
    b: make("b", true),
    frozen: make("frozen", false),
    ids: bind(fresh(tape, MATRIX, "int64")),
  };
};

/** A storage by its size and type: `64×64`, `64×64 bool`, `1`. */
const inWords = ({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): string =>
  `${shape.dims.join("×")}${dtype === "fp32" ? "" : ` ${dtype}`}`;

/** What an operation is called, what it saves, and what its backward makes, of one gradient like its result. */
const observed = (operation: Operation, shape?: Shape) => {
  const tensors = given(shape);
  const { tape, a, b, frozen, ids } = tensors;
  const { log, signs } = tape.recorder.ledger;
  const result = bind(operation(tensors));
  const { node } = result;
  if (node === null) throw new Error("what is made of something trained has a node");
  const names = new Map([
    [result.storage, "result"],
    [a.storage, result.storage === a.storage ? "result" : "a"],
    [b.storage, "b"],
    [frozen.storage, "frozen"],
    [ids.storage, "ids"],
  ]);
  const saved = node.saved.map((storage) => names.get(storage) ?? inWords(storage));
  const gradient = bind(fresh(tape, result.shape, result.dtype));
  const from = log.length;
  const gradients = withHolding(tape.names, true, () => node.backward([gradient], node));
  const made = log.slice(from).filter((_, index) => (signs[from + index] ?? 0) > 0);
  return {
    name: node.name,
    saved,
    made: made.map(inWords),
    gradients: gradients.filter((each) => each !== null).length,
  };
};

const ONE = "64×64";
const BOOL = "64×64 bool";

/** @see tools/autograd/derivatives.yaml of PyTorch: what each formula of a derivative needs, and makes */
const ROWS: readonly (readonly [name: string, saved: readonly string[], made: readonly string[], Operation])[] = [
  ["mul", [], [ONE], ({ a }) => scale(a)],
  ["neg", [], [ONE], ({ a }) => negate(a)],
  ["pow", ["a"], [ONE, ONE, ONE], ({ a }) => square(a)],
  ["rsqrt", ["result"], [ONE, ONE, ONE], ({ a }) => rsqrt(a)],
  ["silu", ["a"], [ONE], ({ a }) => silu(a)],
  ["gelu", ["a"], [ONE], ({ a }) => gelu(a)],
  ["relu", ["result"], [ONE], ({ a }) => relu(a)],
  ["tanh", ["result"], [ONE], ({ a }) => tanh(a)],
  ["sigmoid", ["result"], [ONE], ({ a }) => sigmoid(a)],
  ["softplus", ["a"], [ONE], ({ a }) => softplus(a)],
  ["expm1", ["result"], [ONE, ONE], ({ a }) => expm1(a)],
  ["exp", ["result"], [ONE], ({ a }) => exp(a)],
  ["sqrt", ["result"], [ONE, ONE], ({ a }) => sqrt(a)],
  ["cumsum", [], [ONE, ONE, ONE], ({ a }) => cumsum(a)],
  ["clone", [], [], ({ a }) => clone(a)],
  ["to", [], [ONE], ({ a }) => to(a, "bf16")],
  ["expand", [], [ONE], ({ a }) => expand(a, MATRIX)],
  ["clamp", ["a"], ["1", BOOL, ONE], ({ a }) => clampBelow(a)],
  ["clamp", ["a"], ["1", BOOL, BOOL, ONE], ({ a }) => clampBetween(a)],
  ["mul", ["a", "b"], [ONE, ONE], ({ a, b }) => mul(a, b)],
  ["mul", ["frozen"], [ONE], ({ a, frozen }) => mul(a, frozen)],
  ["add", [], [], ({ a, b }) => add(a, b)],
  ["div", ["a", "b"], [ONE, ONE, ONE, ONE, ONE], ({ a, b }) => divide(a, b)],
  ["div", ["frozen"], [ONE], ({ a, frozen }) => divide(a, frozen)],
  ["div_", [ONE, "b"], [ONE, ONE, ONE, ONE, ONE], ({ a, b }) => divideInPlace(clone(a), b)],
  ["add_", [], [], ({ a, b }) => addInPlace(clone(a), b)],
  ["mul_", [], [ONE], ({ a }) => scaleInPlace(clone(a))],
  ["mul_", ["frozen"], [ONE], ({ a, frozen }) => scaleInPlace(clone(a), frozen)],
  ["where", ["frozen"], ["1", ONE, "1", ONE], ({ a, b, frozen }) => where(frozen, a, b)],
  ["where", ["b"], ["1", ONE], ({ a, b, frozen }) => where(b, a, frozen)],
  ["minimum", ["a", "frozen"], [ONE, BOOL, ONE, BOOL], ({ a, frozen }) => minimumWithNumber(a, frozen)],
  ["masked_fill", ["frozen"], [ONE], ({ a, frozen }) => maskedFill(a, frozen)],
  // On fake tensors zeros, and what writing into them gives.
  ["index", ["ids"], [ONE, ONE], ({ a, ids }) => gather(a, ids, shapeOf(8, SIDE))],
  ["topk", ["64×8 int64"], [ONE, ONE], ({ a }) => topValues(a, shapeOf(SIDE, 8))],
  ["embedding", ["ids"], [ONE], ({ a, ids }) => embedding(ids, a)],
  ["index_add_", ["ids"], [ONE], ({ a, b, ids }) => addTo(clone(a), b, ids)],
  ["layer_norm", ["a", "b", "64×1", "64×1"], [ONE, ONE], ({ a, b }) => layerNorm(a, [b, null])],
  ["baddbmm", ["a", "b"], [ONE, ONE, ONE, ONE], ({ a, b, frozen }) => foldProduct(frozen, [a, b])],
  ["baddbmm", ["frozen"], [ONE, ONE], ({ a, frozen }) => foldProduct(frozen, [a, frozen])],
];

test.each(ROWS)("%s saves %j, and its backward makes %j", (...[name, saved, made, operation]) => {
  expect(observed(operation)).toMatchObject({ name, saved, made });
});

test.each(ROWS)("%s leaves nothing behind when its result goes", (...[, , , operation]) => {
  const tensors = given();
  const { ledger } = tensors.tape.recorder;
  const alive = (): number => ledger.signs.reduce((total, sign) => total + sign, 0);
  const before = alive();
  drop(operation(tensors));
  expect(alive()).toBe(before);
});

describe("A convolution", () => {
  test.each([
    [3, "s+2"],
    [4, "s+3"],
  ] as const)("of a kernel of %d positions, padded by one less on both sides, is as long as %s", (size, length) => {
    const tape = begin();
    const make = (shape: Shape, trained: boolean): Tensor =>
      parameter(tape, { name: "conv", shape, dtype: "fp32", term: "weights", trained });
    const [x, kernel] = [make(shapeOf("b", 32, "s"), true), make(shapeOf(32, size), true)];
    const result = conv1d(x, kernel, null);
    expect(result.shape.dims).toEqual(["b", 32, length]);
    expect(result.node?.saved).toEqual([x.storage, kernel.storage]);
  });
});

test("An addition to a part of a tensor runs in place, and as two nodes: the sum, and the copy of the part onto itself", () => {
  const { tape, a, b } = given();
  const base = clone(a);
  const before = tape.recorder.ledger.log.length;
  const result = addToPart(base, b, shapeOf(SIDE - 1, SIDE));
  expect(result.storage).toBe(base.storage);
  expect(result.storage.holders).toBe(1);
  expect(tape.recorder.ledger.log).toHaveLength(before);
  expect(result.node?.name).toBe("CopySlices");
  expect(result.node?.inputs.map(({ node }) => node?.name)).toEqual(["CopySlices", "slice"]);
  expect(base.alive).toBe(false);
});

test("What operations use up is gone, and what has a name stays", () => {
  const { tape, a, b, ids } = given();
  const gone = [clone(a), clone(b), clone(a), clone(b), clone(a), clone(b)] as const;
  const [first, second, third, fourth, fifth, sixth] = gone;
  addInPlace(first, second);
  divideInPlace(third, fourth);
  addTo(fifth, sixth, ids);
  expect(gone.map(({ alive }) => alive)).toEqual([false, false, false, false, false, false]);
  expect([a, b, ids].map(({ alive }) => alive)).toEqual([true, true, true]);
  expect(tape.names.all).toEqual([ids]);
});

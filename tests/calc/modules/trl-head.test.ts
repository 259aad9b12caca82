import { describe, expect, test } from "vitest";
import type { Element } from "#calc/base/dtypes.ts";
import { type TrlHead, trlHead } from "#calc/modules/trl-head.ts";
import { chunkedLogProb } from "#calc/tape/ops/head-kernels.ts";
import { maskedRows, scatterMasked } from "#calc/tape/ops/indexing.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Policies } from "#calc/tape/run-state.ts";
import { bind } from "#calc/tape/scope.ts";
import { emptyTape, given, inWords, leftFromNow, madeBackward, madeFromNow, tally } from "../on-paper.ts";

const [WIDTH, VOCABULARY] = [64, 80_000];

const TRL: TrlHead = { kind: "fused", kernel: "trl" };

type Of = Readonly<{
  weights?: Element;
  hidden?: Element;
  trained?: boolean;
  vocabulary?: number;
  autocast?: boolean;
  inTorch?: Readonly<{ capped: boolean }>;
}>;

/** What the kernel makes in forward and in backward, and what it saves. */
const kernel = (
  { weights = "bf16", hidden = "bf16", trained = false, vocabulary = VOCABULARY, autocast = false, inTorch }: Of,
  policies: Partial<Policies> = {},
) => {
  const tape = emptyTape(policies);
  const weight = given(tape, shapeOf(vocabulary, WIDTH), { dtype: weights, trained });
  const states = given(tape, shapeOf("n", WIDTH), { dtype: hidden });
  const targets = given(tape, shapeOf("n"), { dtype: "int64", trained: false });
  const made = madeFromNow(tape);
  const { logProbabilities, outputs } = withAutocast(tape, autocast ? "bf16" : null, () =>
    chunkedLogProb({ hidden: states, weight, shape: weight.shape, targets, ...(inTorch && { inTorch }) }, [
      "entropy",
      "is_top1",
    ]),
  );
  const forward = made();
  bind(logProbabilities);
  const saved = logProbabilities.node?.saved.map(inWords);
  return { forward, saved, outputs: outputs.map(inWords), backward: madeBackward(logProbabilities) };
};

describe("the kernel of TRL's head", () => {
  test("folds tiles of 32,768 entries into seven statistics, and never has logits of all tokens", () => {
    const { forward, saved, outputs } = kernel({});
    // Statistics, the tile, log_z and its logarithm, log-probabilities, entropy and its quotient; accuracy and what it is made of.
    expect(tally(forward)).toEqual({ "n fp32": 7 + 2 + 1 + 2, "chunk×32768 bf16": 1, "n bool": 3 });
    expect(outputs).toEqual(["n fp32", "n bool"]);
    expect(saved).toEqual(["n×64 bf16", "80000×64 bf16", "n int64", "n fp32", "n fp32"]);
  });

  test("sums gradients in fp32, of the head where it is trained, and casts them at its end", () => {
    expect(kernel({}).backward).toEqual(["n×64 fp32", "chunk×32768 bf16", "n×64 bf16"]);
    expect(kernel({ trained: true }).backward).toEqual([
      "n×64 fp32",
      "80000×64 fp32",
      "chunk×32768 bf16",
      "n×64 bf16",
      "80000×64 bf16",
    ]);
  });

  test("under autocast casts hidden states and chunks of an fp32 head: one in forward, one after another in backward", () => {
    const { forward, backward } = kernel({ weights: "fp32", hidden: "fp32", autocast: true });
    expect(forward.filter((each) => each.endsWith("64 bf16"))).toEqual(["chunk×64 bf16", "32768×64 bf16"]);
    expect(backward).toEqual([
      "n×64 fp32",
      "chunk×32768 bf16",
      "chunk×64 bf16",
      "32768×64 bf16",
      "32768×64 bf16",
      `${VOCABULARY - 2 * 32_768}×64 bf16`,
    ]);
  });

  test("has the only chunk of a small head twice where there are several tiles of tokens", () => {
    const small: Of = { weights: "fp32", hidden: "fp32", autocast: true, vocabulary: 32_000 };
    const chunks = (policies: Partial<Policies>): number =>
      kernel(small, policies).backward.filter((each) => each === "32000×64 bf16").length;
    expect([chunks({}), chunks({ tilesOfTokens: true })]).toEqual([1, 2]);
  });
});

describe("without Triton", () => {
  const inTile = (made: readonly string[]) =>
    tally(made.filter((each) => each.startsWith("chunk×32768") && !each.endsWith("bf16")));

  test("a tile is folded in fp32: logits, twice scaled, what is above the largest, exponentials, and products for the entropy", () => {
    const { forward } = kernel({ inTorch: { capped: false } });
    // `tile.float()`, times scale, times temperature; filled, difference, exponentials, product.
    expect(inTile(forward)).toEqual({ "chunk×32768 fp32": 7, "chunk×32768 bool": 2 });
    const inFp32 = kernel({ inTorch: { capped: false }, weights: "fp32", hidden: "fp32" });
    expect(inTile(inFp32.forward)["chunk×32768 fp32"]).toBe(6 + 1);
  });

  test("its gradient too, with more where logits are capped, and both factors of a product are copied to fp32", () => {
    const of = (capped: boolean, trained = false) => kernel({ inTorch: { capped }, trained }).backward;
    // Scaled twice, log_p, p, zeros; the target, difference and product, tempered, the result; the tile as a factor.
    expect(inTile(of(false))).toEqual({ "chunk×32768 fp32": 3 + 3 + 3 + 2 + 1, "chunk×32768 bool": 1 });
    // `y / cap`, tanh, their product in the place of nothing; its square, what is left of 1, the product with it.
    expect(inTile(of(true))["chunk×32768 fp32"]).toBe(12 + 3 + 3);
    expect(of(false).filter((each) => each === "32768×64 fp32")).toHaveLength(1);
    expect(of(false, true).filter((each) => each === "chunk×64 fp32")).toHaveLength(1);
    expect(kernel({ inTorch: { capped: false }, weights: "fp32", hidden: "fp32" }).backward).not.toContain(
      "32768×64 fp32",
    );
  });

  test.each([
    ["several rows are copied out of longer ones", false, ["b×s-1×64 bf16"]],
    ["one row is there as it is", true, []],
  ] as const)("all positions go through the head: %s", (_, singleRow, copied) => {
    const tape = emptyTape({ singleRow });
    const weight = given(tape, shapeOf(VOCABULARY, WIDTH), { trained: false });
    const hidden = bind(given(tape, shapeOf("b", "s", WIDTH)));
    const labels = given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false });
    const left = leftFromNow(tape);
    const head = { name: "lm_head", weight, bias: null, dequantized: null, adapter: null };
    const loss: TrlHead = { ...TRL, withoutTriton: true };
    const outputs = trlHead({ hidden, labels, head, capped: false }, loss, ["entropy", "is_top1"]);
    expect(outputs.map(inWords)).toEqual(["1 fp32", "b×s-1 fp32", "b×s-1 fp32", "b×s-1 bool", "b×s-1 bool"]);
    const stands = left();
    expect(stands.filter((each) => each.includes("64 bf16"))).toEqual(copied);
    expect(stands.filter((each) => /^n\b/.test(each))).toEqual([]);
  });
});

test("rows that a mask keeps are copied, and their gradient is written into zeros of all rows", () => {
  const tape = emptyTape();
  const mask = given(tape, shapeOf("b", "s-1"), { dtype: "bool", trained: false });
  const rows = bind(maskedRows(given(tape, shapeOf("b", "s-1", WIDTH)), mask, shapeOf("n", WIDTH)));
  expect(inWords(rows)).toBe("n×64 bf16");
  expect(madeBackward(rows)).toEqual(["b×s-1×64 bf16"]);
});

test("values are copied among zeros, which go; their gradients are taken out again", () => {
  const tape = emptyTape();
  const mask = given(tape, shapeOf("b", "s-1"), { dtype: "bool", trained: false });
  const values = given(tape, shapeOf("n"), { dtype: "fp32" });
  const left = leftFromNow(tape);
  const scattered = bind(scatterMasked(values, mask));
  expect(left()).toEqual(["b×s-1 fp32"]);
  expect(madeBackward(scattered)).toEqual(["n fp32"]);
});

test("the head leaves results of all positions, the loss, and what backward needs of the scored tokens", () => {
  const tape = emptyTape();
  const weight = given(tape, shapeOf(VOCABULARY, WIDTH), { trained: false });
  const hidden = bind(given(tape, shapeOf("b", "s", WIDTH)));
  const labels = given(tape, shapeOf("b", "s"), { dtype: "int64", trained: false });
  const left = leftFromNow(tape);
  const head = { name: "lm_head", weight, bias: null, dequantized: null, adapter: null };
  const outputs = trlHead({ hidden, labels, head, capped: false }, TRL, ["entropy", "is_top1"]);
  expect(outputs.map(inWords)).toEqual(["1 fp32", "b×s-1 fp32", "b×s-1 fp32", "b×s-1 bool", "b×s-1 bool"]);
  expect(tally(left())).toEqual({
    // Hidden states and targets; log_z and entropy of each.
    "n×64 bf16": 1,
    "n int64": 1,
    "n fp32": 2,
    // Log-probabilities and entropy; accuracy and the mask.
    "b×s-1 fp32": 2,
    "b×s-1 bool": 2,
    // The loss, and the number of tokens that it is divided by.
    "1 fp32": 1,
    "1 int64": 1,
  });
});

import { describe, expect, test } from "vitest";
import type { FactoredProduct, FactorPart } from "#calc/explain/factored-term.ts";
import { constant, tensorBytes, setting } from "#calc/base/formula.ts";
import type { AliveTensors } from "#calc/model/timeline.ts";
import { factorValue, kernelText, otherwiseText, partsText, restText, shapeText } from "#advice/factor-text.ts";

const tensors = (patch: Partial<AliveTensors> = {}): AliveTensors => ({
  module: "loss_function",
  op: "log_softmax",
  shape: [1, 2048, 128_256],
  dtype: "fp32",
  term: "logits",
  unit: "b*s × 128256",
  each: 4,
  made: "forward",
  newest: false,
  layers: [32],
  count: 1,
  bytes: 1_050_673_152,
  formula: [],
  ...patch,
});

const part = (each: number, patch: Partial<AliveTensors> = {}): FactorPart => ({
  tensors: tensors(patch),
  each,
  bytes: each * 2048,
});

const UNIT = tensorBytes("bytes per logit", 12, "b*s × 128256");
const product = (patch: Partial<FactoredProduct> = {}): FactoredProduct => ({
  factors: [setting("tokens", 2048, "sequence_length"), UNIT],
  unit: UNIT,
  parts: [part(4), part(4), part(4)],
  otherwise: [],
  ...patch,
});

describe("a factor in words", () => {
  test("has its unit where it is bytes of tensors", () => {
    expect(factorValue(UNIT)).toBe("12\u00A0B");
    expect(factorValue(constant("states", 2))).toBe("2");
  });

  test("is added up where its parts are few, and counted where they are many, or of a fixed size", () => {
    expect(partsText(product())).toBe("4 + 4 + 4, three tensors");
    expect(partsText(product({ parts: [part(12)] }))).toBe("one tensor");
    expect(partsText(product({ parts: [1, 2, 3, 4, 5].map((each) => part(each)) }))).toBe("5 tensors");
    expect(partsText(product({ factors: [UNIT], parts: [part(512), part(1024)] }))).toBe("two tensors");
  });

  test("says what it is in the other pass, where that is another number", () => {
    const otherwise = [part(4, { op: "to" }), part(4), part(2, { op: "mm", dtype: "bf16" })];
    expect(otherwiseText(product({ otherwise }), "backward")).toBe(
      "In the forward pass bytes per logit are 10: logits 2, fp32 copy of the logits 4, log-probabilities 4.",
    );
    expect(otherwiseText(product({ otherwise }), "forward")).toContain("In the backward pass");
    expect(otherwiseText(product({ otherwise: [part(12)] }), "backward")).toBe("");
    expect(otherwiseText(product(), "backward")).toBe("");
    expect(otherwiseText(product({ otherwise }), "step")).toBe("");
  });
});

test("tensors are said with their number, shape and type, and with their layers where several hold one", () => {
  expect(shapeText(part(4))).toBe("1, 2048, 128256 fp32");
  expect(shapeText(part(62, { count: 31, shape: [1, 2048, 4096], dtype: "bf16" }))).toBe("31 × 1, 2048, 4096 bf16");
  expect(kernelText(part(4), 32)).toBe("log_softmax");
  expect(kernelText(part(62, { op: "add", layers: [0, 1] }), 32)).toBe("add, layers 0–1");
});

describe("what fits no product", () => {
  const term = (bytes: number, of: readonly AliveTensors[]) =>
    restText({ id: "logits", products: [], rest: { bytes, tensors: of } });

  test("is one sentence: for a tensor alone, for many, for rounding; none where all fits", () => {
    expect(term(512, [tensors({ op: "nll_loss" })])).toBe("Plus 512\u00A0B for the loss itself.");
    expect(term(2048, [tensors(), tensors()])).toBe(
      "Plus 2,048\u00A0B in 2 kinds of smaller tensors, and of rounding up to blocks.",
    );
    expect(term(84, [])).toBe("Plus 84\u00A0B of rounding up to blocks.");
    expect(term(0, [])).toBe("");
  });
});

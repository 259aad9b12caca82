import { type MemoryEstimate, estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { GIB } from "#calc/base/bytes.ts";
import { evaluateFormula } from "../evaluate-formula.ts";
import { loraMethod, NF4, qloraMethod, scenario } from "../scenario.ts";

/** The article's bytes: weights 2, gradients 2, states 8 for each trained parameter. */
const ARTICLE = { accounting: "bytes-per-parameter", weights: "bf16", gradients: "bf16", optimizerStates: 8 } as const;
const article = (patch: Parameters<typeof scenario>[0]): MemoryEstimate =>
  estimated(ENGINE.estimate(scenario({ ...ARTICLE, ...patch })));

describe("The article's accounting", () => {
  test.each([
    [7e9, 84e9],
    [13e9, 156e9],
    [34e9, 408e9],
    [70e9, 840e9],
  ])("full fine-tuning of %d parameters takes %d bytes", (statedParameters, expected) => {
    expect(article({ statedParameters }).peakBytes).toBe(expected);
  });

  test("LoRA takes 2 B for each base parameter and 12 B for each of its own", () => {
    const { peakBytes, trainableParams } = article({ statedParameters: 7e9, method: loraMethod({ adapters: "bf16" }) });
    expect(trainableParams).toBe(39_976_960);
    expect(peakBytes).toBe(14e9 + 12 * 39_976_960);
  });

  test("QLoRA takes half a byte for each base parameter", () => {
    const { lora } = qloraMethod();
    const method = qloraMethod({
      lora: { ...lora, adapters: "bf16" },
      quantization: { kind: "flat", bytesPerParameter: 0.5 },
    });
    expect(article({ statedParameters: 7e9, method }).peakBytes).toBe(3.5e9 + 12 * 39_976_960);
  });

  test.each([
    ["NF4", NF4, 0.5],
    ["LLM.int8", { kind: "bnb-8bit" }, 1],
    ["GPTQ", { kind: "gptq" }, 0.5],
  ] as const)("each base parameter in %s takes flat bytes, without scales", (_, quantization, bytesEach) => {
    const { lora } = qloraMethod();
    const method = qloraMethod({ lora: { ...lora, adapters: "bf16" }, quantization });
    expect(article({ statedParameters: 7e9, method }).peakBytes).toBe(bytesEach * 7e9 + 12 * 39_976_960);
  });

  test("names what is counted: all parameters, LoRA's, and those that are trained", () => {
    const names = article({ method: loraMethod() }).terms.map(
      ({ id, formula }) =>
        [id, formula.flatMap((token) => (typeof token === "string" ? [] : [token.name]))[0]] as const,
    );
    expect(names.filter(([id]) => id !== "framework")).toEqual([
      ["weights", "parameters"],
      ["adapters", "LoRA parameters"],
      ["gradients", "trained parameters"],
      ["optimizer", "trained parameters"],
      ["activations", undefined],
      ["logits", undefined],
      ["workspace", undefined],
    ]);
  });

  test("a counted model is not rounded to blocks", () => {
    expect(article({}).peakBytes).toBe(12 * 6_738_415_616);
  });

  test("batch and sequence length change nothing", () => {
    expect(article({ micro_batch_size: 64, sequence_length: 8192 }).peakBytes).toBe(article({}).peakBytes);
  });

  test("the card's own share comes on top as it does for every estimate", () => {
    const { onCardBytes, peakBytes, terms } = article({ statedParameters: 7e9 });
    expect(onCardBytes).toBe(Math.round(1.02 * peakBytes + 0.4 * GIB));
    expect(terms.map((term) => term.bytes).reduce((total, each) => total + each, 0)).toBe(onCardBytes);
  });

  test("every formula gives its term", () => {
    for (const term of article({ method: loraMethod() }).terms)
      expect(Math.abs(evaluateFormula(term.formula) - term.bytes)).toBeLessThanOrEqual(1);
  });
});

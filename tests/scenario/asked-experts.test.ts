import { describe, expect, test } from "vitest";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { focusOf, saidOf, scenarioOf, scenariosOf, settledOf } from "../answered.ts";

/** How each method that is shown has experts: "lora: mxfp4 rebuilt". */
const experts = (keys: string): readonly string[] =>
  scenariosOf(keys).flatMap(({ method, scenario: { method: run } }) => {
    const packed = run.kind === "full" ? undefined : run.experts;
    return packed === undefined ? [] : [`${method}: ${packed.stored} ${packed.read}`];
  });

const QWEN = "model=qwen3-30b-a3b";

describe("experts by library", () => {
  test.each([
    ["transformers", []],
    ["trl", []],
    ["llama-factory", []],
    ["axolotl", []],
    ["unsloth", ["qlora: 4bit rebuilt"]],
    ["unsloth-2024", ["qlora: 4bit rebuilt"]],
    ["trl-0.13", ["qlora: 4bit rebuilt"]],
    ["article", []],
  ])("%s: %j", (stack, packed) => expect(experts(`${QWEN}&stack=${stack}`)).toEqual(packed));

  test.each([
    ["a dense model", "model=llama-3.1-8b&stack=unsloth"],
    ["an int8 base", `${QWEN}&method=qlora&quant=int8&stack=unsloth`],
    ["experts that the version has as linears", "model=mixtral-8x7b&stack=transformers-4.46"],
    ["experts without a gate, which Unsloth leaves", "model=nemotron-3-nano-30b-a3b&stack=unsloth"],
    ["experts that were fused in version 4, too", "model=granite-3.0-1b-a400m&stack=transformers-4.46"],
  ])("are not packed: %s", (_, keys) => expect(experts(keys)).toEqual([]));

  test("keeps those of gpt-oss as they are published with LoRA on Unsloth alone", () => {
    const model = "model=gpt-oss-20b&show=lora";
    expect(experts(`${model}&stack=unsloth`)).toEqual(["lora: mxfp4 rebuilt"]);
    expect(experts(`${model}&stack=trl`)).toEqual([]);
  });
});

test("LLaMA-Factory has adapters on modules alone, shared experts among them", () => {
  const trained = (keys: string) => focusOf(keys).estimate.trainableParams;
  // Attention of 48 layers, rank 16: 2048 to 4096, 2048 to 512 twice, 4096 to 2048.
  const attention = 48 * 16 * (2048 + 4096 + 2 * (2048 + 512) + 4096 + 2048);
  expect(trained(`${QWEN}&stack=llama-factory`)).toBe(attention);
  expect(trained(`${QWEN}&stack=llama-factory&targets=attention`)).toBe(attention);
  expect(trained(`${QWEN}&stack=trl`)).toBeGreaterThan(50 * attention);
});

describe("4 bits of experts", () => {
  /** What 4 bits of QLoRA's experts are by themselves. */
  const own = (keys: string): unknown => {
    const run = scenarioOf(`${QWEN}&method=qlora&${keys}`).method;
    return run.kind === "qlora" ? run.experts?.own : null;
  };
  const NF4_TWICE = { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true };

  test.each(["dq=0", "quant=fp4", "quant=int8"])("are Axolotl’s own, whatever the linears are: %s", (linears) =>
    expect(own(`stack=axolotl&experts=4bit&${linears}`)).toEqual(NF4_TWICE),
  );

  test.each(["stack=axolotl&experts=8bit&quant=int8", "stack=unsloth&dq=0", "experts=4bit&dq=0"])(
    "are those of the linears, or none: %s",
    (keys) => expect(own(keys)).toBeUndefined(),
  );
});

describe("experts that a link asks for", () => {
  test.each([
    [`${QWEN}&experts=4bit`, ["qlora: 4bit saved"]],
    [`${QWEN}&stack=axolotl&experts=8bit`, ["qlora: 8bit saved"]],
    [`${QWEN}&experts=4bit&expertread=rebuilt`, ["qlora: 4bit rebuilt"]],
    [`${QWEN}&stack=unsloth&expertread=saved`, ["qlora: 4bit saved"]],
    [`${QWEN}&stack=unsloth&experts=16bit`, []],
    ["model=gpt-oss-20b&experts=mxfp4&expertread=rebuilt", ["lora: mxfp4 rebuilt", "qlora: mxfp4 rebuilt"]],
  ])("%s: %j", (keys, packed) => {
    expect(experts(keys)).toEqual(packed);
    expect(saidOf(keys)).toEqual([]);
  });

  test.each([
    [
      "experts=4bit",
      "experts=4bit is for experts that are fused into one parameter, and this model has none; experts=16bit is used.",
    ],
    [`${QWEN}&show=full,lora&experts=4bit`, "experts=4bit belongs to a quantised base; experts=16bit is used."],
    [`${QWEN}&stack=article&experts=8bit`, "experts=8bit belongs to a quantised base; experts=16bit is used."],
    [
      `${QWEN}&stack=unsloth&experts=mxfp4`,
      "experts=mxfp4 is how gpt-oss is published, and this model is not; experts=4bit is used.",
    ],
    [
      "model=gpt-oss-20b&experts=mxfp4",
      "experts=mxfp4 can be trained on only where experts are rebuilt in backward; experts=16bit is used.",
    ],
    ["model=gpt-oss-20b&show=full&experts=mxfp4", "experts=mxfp4 cannot be trained itself; experts=16bit is used."],
    [
      `${QWEN}&expertread=rebuilt`,
      "expertread=rebuilt is for packed experts, and here there are none; it is left out.",
    ],
  ])("is told where it has no effect: %s", (keys, words) => expect(saidOf(keys)).toEqual([words]));
});

describe("the scenario that estimate --json prints", () => {
  const valuesOf = (keys: string) => {
    const { experts: stored, expertread } = estimateJson(settledOf(keys), []).scenario;
    return [stored, expertread];
  };

  test("has experts as they are counted for this model and the method in focus", () => {
    expect(valuesOf(`${QWEN}&method=qlora&stack=unsloth`)).toEqual(["4bit", "rebuilt"]);
    expect(valuesOf(`${QWEN}&method=lora&stack=unsloth`)).toEqual(["16bit", null]);
    expect(valuesOf("method=qlora&stack=unsloth")).toEqual(["16bit", null]);
    expect(valuesOf("model=gpt-oss-20b&method=lora&stack=unsloth")).toEqual(["mxfp4", "rebuilt"]);
  });
});

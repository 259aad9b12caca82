import { describe, expect, test } from "vitest";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { STACKS } from "#catalog/stacks.ts";
import { configLines } from "#interop/config-lines/config-lines.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { choicesOf, scenarioOf, settledOf } from "../answered.ts";

const QWEN_1 = "model=custom&arch=qwen.h4096.f11008.l2.a32.k32.d128.v32000.t0";
const STACK_IDS = Object.keys(STACKS);

describe.each([
  ["a model of transformers", "show=lora"],
  ["a model whose own code calls its checkpoints", `show=lora&${QWEN_1}`],
  ["the same, asked for the other way", `show=lora&${QWEN_1}&reentrant=0`],
  ["a type that a library turns round", "show=lora&model=gemma-4-e2b"],
  ["layers checkpointed by operation", "show=lora&selective=op"],
  ["two GPUs under ZeRO 3", "show=lora&gpus=2&shard=zero3"],
])("checkpoints of %s", (_, keys) => {
  test.each(STACK_IDS.filter((id) => stackOf({ stack: id }).reentrant !== undefined))(
    "are shown and printed for %s as they are counted",
    (stack) => {
      const asked = `${keys}&stack=${stack}`;
      const answer = settledOf(asked);
      const { reentrant, architecture, modelling } = scenarioOf(asked);
      const isReentrant = reentrant ?? ENGINE.isReentrant(architecture.model_type, modelling);
      expect(answer.resolved.reentrant).toBe(isReentrant);
      expect(estimateJson(answer, []).scenario["reentrant"]).toBe(Number(isReentrant));
    },
  );
});

test.each(STACK_IDS.filter((id) => id !== "article"))(
  "no line of %s is for what a model's own code does by itself",
  (stack) => {
    const choices = choicesOf(`${QWEN_1}&stack=${stack}`);
    const { added } = configLines(
      { ...DEFAULT_CHOICES, stack: stack === "trl" ? "litgpt" : "trl" },
      choices,
      FULL_CATALOG,
    );
    expect(added.filter((line) => /reentrant/.test(line))).toEqual([]);
  },
);

describe.each([
  ["a dense model", ""],
  ["fused experts", "model=qwen3-30b-a3b"],
  ["experts without a gate", "model=nemotron-3-nano-30b-a3b"],
  ["gpt-oss", "model=gpt-oss-20b"],
])("experts of %s", (_, model) => {
  test.each([
    "method=qlora&show=qlora",
    "method=qlora&show=qlora&stack=unsloth",
    "method=qlora&show=qlora&stack=axolotl&experts=4bit",
    "method=qlora&show=qlora&experts=8bit&quant=int8&expertread=rebuilt",
    "method=lora&show=lora&stack=unsloth",
    "method=lora&show=lora&experts=4bit",
  ])("are shown and printed for %s as they are counted", (keys) => {
    const answer = settledOf(`${model}&${keys}`);
    const { method } = scenarioOf(answer.choices);
    const packed = method.kind === "full" ? undefined : method.experts;
    const expected = { experts: packed?.stored ?? "16bit", expertread: packed?.read ?? null };
    expect(answer.resolved).toMatchObject(expected);
    expect(estimateJson(answer, []).scenario).toMatchObject(expected);
  });
});

test("LitGPT leaves activations on the card, whatever is asked", () => {
  const keys = "stack=litgpt&loss=fused&batch=4&show=lora";
  const asked = `${keys}&actoffload=1`;
  expect(settledOf(asked).resolved.actoffload).toBe(false);
  expect(scenarioOf(asked)).toEqual(scenarioOf(keys));
});

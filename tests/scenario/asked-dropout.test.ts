import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { issuesOfChoices } from "#scenario/choices/answer-issues.ts";
import { estimateJson } from "#scenario/choices/estimate-json.ts";
import { choicesOf, scenariosOf, settledOf } from "../answered.ts";

/** The dropout of every method that has adapters, what is printed, and what is said of it. */
const dropoutOf = (keys: string) => {
  const choices = choicesOf(`dropout=0.1&${keys}`);
  const counted = scenariosOf(choices).flatMap(({ scenario: { method } }) =>
    method.kind === "full" ? [] : [method.lora.lora_dropout],
  );
  const said = issuesOfChoices(choices, FULL_CATALOG).filter(({ key }) => key === "dropout");
  return {
    counted,
    printed: estimateJson(settledOf(choices), []).scenario["dropout"],
    said: said.map(({ message }) => message),
  };
};

const REFUSED = "dropout=0.1 is refused by PEFT beside adapters on fused experts; dropout=0 is used.";

describe("dropout", () => {
  test.each([
    "model=qwen3-30b-a3b",
    "model=mixtral-8x7b&stack=trl",
    "model=qwen3-30b-a3b&stack=axolotl&experts=4bit",
    "model=qwen3-30b-a3b&targets=q_proj,down_proj",
    "model=qwen3-30b-a3b&targets=q_proj,gate",
    "model=qwen3-30b-a3b&stack=unsloth",
    "model=gpt-oss-20b&stack=unsloth",
    "model=glm-4.5-air&stack=transformers-4.46",
  ])("is left out beside adapters on fused experts: %s", (keys) =>
    expect(dropoutOf(keys)).toEqual({ counted: [0, 0], printed: 0, said: [REFUSED] }),
  );

  test.each([
    ["a dense model", "model=llama-3.1-8b"],
    ["adapters on attention", "model=qwen3-30b-a3b&targets=attention"],
    ["experts that PEFT does not adapt", "model=gpt-oss-20b"],
    ["experts that version 4 has as linears", "model=mixtral-8x7b&stack=transformers-4.46"],
    ["a library that has no adapters there", "model=qwen3-30b-a3b&stack=llama-factory"],
    ["tuners that leave experts alone", "model=qwen3-30b-a3b&tuner=vera"],
  ])("stays with %s", (_, keys) => expect(dropoutOf(keys)).toEqual({ counted: [0.1, 0.1], printed: 0.1, said: [] }));

  test("is asked of each method's own tuner", () =>
    expect(dropoutOf("model=mixtral-8x7b&tuner=loha")).toEqual({
      counted: [0, 0],
      printed: 0,
      said: [
        "dropout=0.1 is of an adapter’s input, and loha has none, so LoRA goes without it; dropout=0 is used.",
        "dropout=0.1 is refused by PEFT beside adapters on fused experts, so QLoRA goes without it; dropout=0 is used.",
      ],
    }));

  test("stays with the method whose tuner has it", () =>
    expect(dropoutOf("tuner=loha&method=qlora")).toEqual({
      counted: [0, 0.1],
      printed: 0.1,
      said: ["dropout=0.1 is of an adapter’s input, and loha has none, so LoRA goes without it; dropout=0 is used."],
    }));

  test("is no one’s without adapters", () =>
    expect(dropoutOf("model=qwen3-30b-a3b&method=full&show=full").said).toEqual([]));
});

import { describe, expect, test } from "vitest";
import type { Lora, QuantizedExperts, Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";

const ATTENTION = ["q_proj", "v_proj"];
const said = (experts: QuantizedExperts, patch: Partial<Scenario> = {}, adapted: Partial<Lora> = {}): string =>
  ENGINE.approximations(
    scenario({
      architecture: QWEN3_30B_A3B,
      method: qloraMethod({ lora: lora({ target_modules: ATTENTION, ...adapted }), experts }),
      ...patch,
    }),
  ).join(" ");

describe("What is said of packed experts", () => {
  test("is nothing in 4 bits with adapters on attention, which are held against bitsandbytes' own code", () => {
    expect(said({ stored: "4bit", read: "saved" })).toBe("");
    expect(said({ stored: "4bit", read: "rebuilt" })).toBe("");
  });

  test.each<readonly [RegExp, QuantizedExperts, Partial<Scenario>, Partial<Lora>]>([
    [/only their weights are their own/, { stored: "8bit", read: "saved" }, {}, {}],
    [/only their weights are their own/, { stored: "mxfp4", read: "rebuilt" }, {}, {}],
    [/PEFT 0\.20/, { stored: "4bit", read: "saved" }, {}, { target_modules: "all-linear" }],
    [/PEFT 0\.20/, { stored: "4bit", read: "saved" }, {}, { target_modules: ["down_proj"] }],
    [/a linear of its own/, { stored: "4bit", read: "rebuilt" }, { modelling: "transformers-4.48" }, {}],
    [
      /checkpoint of gpt-oss/,
      { stored: "4bit", read: "rebuilt" },
      { architecture: { ...QWEN3_30B_A3B, model_type: "gpt_oss" } },
      {},
    ],
  ])("%s of %j", (...row) => expect(said(row[1], row[2], row[3])).toMatch(row[0]));

  test("is nothing where they are not packed", () => {
    for (const method of [loraMethod(), qloraMethod()])
      expect(ENGINE.approximations(scenario({ architecture: QWEN3_30B_A3B, method }))).toEqual([]);
  });
});

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
    [/dequantised all at once/, { stored: "4bit", read: "rebuilt" }, { modelling: "transformers-4.48" }, {}],
    [
      /checkpoint of gpt-oss/,
      { stored: "4bit", read: "rebuilt" },
      { architecture: { ...QWEN3_30B_A3B, model_type: "gpt_oss" } },
      {},
    ],
  ])("%s of %j", (...row) => expect(said(row[1], row[2], row[3])).toMatch(row[0]));

  test("goes by the adapters that are planned: of names that mean nothing among these experts, there are none", () => {
    const saved: QuantizedExperts = { stored: "4bit", read: "saved" };
    const target_modules = ["q_proj", "gate_proj", "up_proj", "down_proj"];
    // PEFT does not translate names of Qwen1.5's type: they mean its shared expert.
    const architecture = { ...QWEN3_30B_A3B, model_type: "qwen2_moe", shared_expert_intermediate_size: 1024 };
    expect(said(saved, { architecture }, { target_modules })).toBe("");
    expect(said(saved, {}, { target_modules })).toMatch(/PEFT 0\.20/);
    expect(said(saved, { modelling: "unsloth" }, { target_modules })).not.toMatch(/PEFT 0\.20/);
  });

  test("is that another tuner than LoRA is not counted beside linears of version 4, where its names mean them", () => {
    const asked = (patch: Partial<Lora>, modelling: Scenario["modelling"] = "transformers-4.48") =>
      ENGINE.approximations(scenario({ architecture: QWEN3_30B_A3B, method: loraMethod(patch), modelling })).join(" ");
    expect(asked({ use_dora: true, target_modules: "all-linear" })).toMatch(/is left out/);
    expect(asked({ tuner: "vera", target_modules: ["down_proj"] })).toMatch(/is left out/);
    expect(asked({ tuner: "vera", target_modules: ["q_proj"] })).not.toMatch(/is left out/);
    expect(asked({ target_modules: "all-linear" })).not.toMatch(/is left out/);
    expect(asked({ tuner: "vera", target_modules: "all-linear" }, "transformers")).not.toMatch(/is left out/);
  });

  test("is that they run at once, where version 4 has a linear for each, packed or not", () => {
    const asked = (model_type: string) =>
      ENGINE.approximations(
        scenario({
          architecture: { ...QWEN3_30B_A3B, model_type },
          method: loraMethod(),
          modelling: "transformers-4.48",
        }),
      ).join(" ");
    expect(asked("qwen3_moe")).toMatch(/run all at once/);
    expect(asked("granitemoe")).not.toMatch(/run all at once/);
  });

  test("is nothing where they are not packed", () => {
    for (const method of [loraMethod(), qloraMethod()])
      expect(ENGINE.approximations(scenario({ architecture: QWEN3_30B_A3B, method }))).toEqual([]);
  });
});

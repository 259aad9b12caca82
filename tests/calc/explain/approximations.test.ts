import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import type { Scenario, Lora, QuantizedExperts } from "#calc/model/scenario.ts";
import { scenario, loraMethod, qloraMethod } from "../scenario.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";

const said = (patch: Partial<Scenario>): string => ENGINE.approximations(scenario(patch)).join(" ");

const MATRICES = { tp_size: 2, sequence_parallel: false, cp_size: 1, pp_size: 1 } as const;
const STAGES = { tp_size: 1, sequence_parallel: false, cp_size: 1, pp_size: 4 } as const;

describe("What is said of activations", () => {
  test("is nothing of layers checkpointed in part, which are held against torch's own contexts", () => {
    expect(said({ selective: "op" })).toBe("");
    expect(said({ selective: 3, gpus: 8, sharding: "fsdp2" })).toBe("");
    expect(said({ selective: "op", gpus: 2, division: MATRICES })).toBe("");
  });

  test.each<readonly [RegExp, Partial<Scenario>]>([
    [/torch has none by operation that are reentrant/, { selective: "op", modelling: "transformers-4.48" }],
    [/by operation, under what these GPUs do/, { selective: "op", gpus: 8, sharding: "fsdp1" }],
    [/by operation, under what these GPUs do/, { selective: "op", gpus: 2, division: { ...MATRICES, cp_size: 2 } }],
    [/in the stages of a pipeline/, { selective: 3, gpus: 4, division: STAGES }],
    [/not checked against a run/, { savedTensorsOffloaded: true, gpus: 4, division: STAGES }],
    [/up to five tensors/, { savedTensorsOffloaded: true }],
    [/not checked against a run/, { savedTensorsOffloaded: true, gpus: 8, sharding: "fsdp2" }],
    [/not checked against a run/, { savedTensorsOffloaded: true, loss: { kind: "inplace" } }],
  ])("%s", (words, patch) => expect(said(patch)).toMatch(words));
});

const ATTENTION = ["q_proj", "v_proj"];
const expertsSaid = (experts: QuantizedExperts, patch: Partial<Scenario> = {}, adapted: Partial<Lora> = {}): string =>
  ENGINE.approximations(
    scenario({
      architecture: QWEN3_30B_A3B,
      method: qloraMethod({ lora: lora({ target_modules: ATTENTION, ...adapted }), experts }),
      ...patch,
    }),
  ).join(" ");

describe("What is said of packed experts", () => {
  test("is nothing in 4 bits with adapters on attention, which are held against bitsandbytes' own code", () => {
    expect(expertsSaid({ stored: "4bit", read: "saved" })).toBe("");
    expect(expertsSaid({ stored: "4bit", read: "rebuilt" })).toBe("");
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
  ])("%s of %j", (...row) => expect(expertsSaid(row[1], row[2], row[3])).toMatch(row[0]));

  test("goes by the adapters that are planned: of names that mean nothing among these experts, there are none", () => {
    const saved: QuantizedExperts = { stored: "4bit", read: "saved" };
    const target_modules = ["q_proj", "gate_proj", "up_proj", "down_proj"];
    // PEFT does not translate names of Qwen1.5's type: they mean its shared expert.
    const architecture = { ...QWEN3_30B_A3B, model_type: "qwen2_moe", shared_expert_intermediate_size: 1024 };
    expect(expertsSaid(saved, { architecture }, { target_modules })).toBe("");
    expect(expertsSaid(saved, {}, { target_modules })).toMatch(/PEFT 0\.20/);
    expect(expertsSaid(saved, { modelling: "unsloth" }, { target_modules })).not.toMatch(/PEFT 0\.20/);
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

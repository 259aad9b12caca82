import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora, Method, ModellingId } from "#calc/model/scenario.ts";
import { tunerOf } from "#calc/modules/loaded-modules.ts";
import { ALL_TUNERS } from "#calc/modules/tuners/all-tuners.ts";
import { planParameters } from "#calc/parameters/plan.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";
import { loraMethod, qloraMethod } from "../scenario.ts";

const catalogued = (id: string): Architecture => {
  const architecture = FULL_CATALOG.models[id]?.architecture;
  if (architecture === undefined) throw new Error(id);
  return architecture;
};

const R = 4;

const planned = (architecture: Architecture, modelling: ModellingId, method: Method) =>
  planParameters({
    layout: ENGINE.layoutOf(architecture),
    keeping: { method, weights: "bf16", modelling },
    tunerTensors: tunerOf(ALL_TUNERS, method)?.tensors ?? null,
  }).adapters;

const adaptersOf = (architecture: Architecture, modelling: ModellingId, patch: Partial<Lora>) =>
  planned(architecture, modelling, loraMethod({ r: R, ...patch }));

/** The shapes of adapters among experts, by name. */
const shapes = (...asked: Parameters<typeof adaptersOf>) =>
  adaptersOf(...asked)
    .filter(({ name }) => name.includes(".experts."))
    .map(({ name, shape }) => [name.replace(/^.*experts\./, ""), shape]);

/** Names of modules that have adapters. */
const adapted = (...asked: Parameters<typeof adaptersOf>): ReadonlySet<string> =>
  new Set(adaptersOf(...asked).map(({ name }) => name.replace(/\.lora_[AB].*$/, "")));

const GATED = ["gate_proj", "up_proj", "down_proj"];

describe("Adapters on fused experts", () => {
  test("have with PEFT the rank once for each name that it translates", () => {
    expect(shapes(QWEN3_30B_A3B, "transformers", { target_modules: GATED })).toEqual([
      ["gate_up_proj.lora_A.weight", [2 * R * 128, 2048]],
      ["gate_up_proj.lora_B.weight", [1536, 2 * R * 128]],
      ["down_proj.lora_A.weight", [R * 128, 768]],
      ["down_proj.lora_B.weight", [2048, R * 128]],
    ]);
  });

  const ONCE = [
    ["gate_up_proj.lora_A.weight", [R * 128, 2048]],
    ["gate_up_proj.lora_B.weight", [1536, R * 128]],
    ["down_proj.lora_A.weight", [R * 128, 768]],
    ["down_proj.lora_B.weight", [2048, R * 128]],
  ];

  test.each([[GATED], ["all-linear" as const], [["up_proj", "down_proj"]]])(
    "have with Unsloth the rank once, however the base is kept: %j",
    (target_modules) => {
      expect(shapes(QWEN3_30B_A3B, "unsloth", { target_modules })).toEqual(ONCE);
      const config = lora({ r: R, target_modules });
      const packed = qloraMethod({ lora: config, experts: { stored: "4bit", read: "rebuilt" } });
      const shapesOf = (method: Method) => planned(QWEN3_30B_A3B, "unsloth", method).map(({ shape }) => shape);
      expect(shapesOf(packed)).toEqual(shapesOf(loraMethod(config)));
    },
  );

  test("are with Unsloth those whose names are there, and none without", () => {
    expect(shapes(QWEN3_30B_A3B, "unsloth", { target_modules: ["q_proj", "down_proj"] })).toHaveLength(2);
    expect(shapes(QWEN3_30B_A3B, "unsloth", { target_modules: ["q_proj"] })).toEqual([]);
  });

  test("are with Unsloth those of types too that PEFT does not translate, ungated ones among them", () => {
    for (const id of ["gpt-oss-20b", "nemotron-3-nano-30b-a3b", "qwen1.5-moe-a2.7b"]) {
      expect(shapes(catalogued(id), "transformers", { target_modules: "all-linear" }), id).toEqual([]);
      expect(shapes(catalogued(id), "unsloth", { target_modules: "all-linear" }), id).toHaveLength(4);
    }
  });

  test("of a type without gates train as many with Unsloth as it says of a run", () => {
    // It holds which matrices are adapted, and the rank. Fused or a linear for each expert is the same count here, since no two names share a matrix.
    // unslothai/notebooks@bdda2efc, Nemotron-3-Nano-30B-A3B_A100.ipynb, saved output: 220,968,448 trained (tests/golden, unsloth.moe.nemotron-3-nano.a100).
    const attention = ["q_proj", "k_proj", "v_proj", "o_proj"];
    const target_modules = [...attention, "up_proj", "down_proj", "in_proj", "out_proj"];
    const tensors = adaptersOf(catalogued("nemotron-3-nano-30b-a3b"), "unsloth", { r: 8, target_modules });
    expect(tensors.reduce((sum, { elements, count }) => sum + elements * count, 0)).toBe(220_968_448);
  });

  test("are PEFT's own with Unsloth, where Unsloth does not know the names", () => {
    const target_modules = ["w1", "w2", "w3"];
    expect(shapes(catalogued("mixtral-8x7b"), "unsloth", { target_modules })).toEqual(
      shapes(catalogued("mixtral-8x7b"), "transformers", { target_modules }),
    );
  });

  test("take their names away from linears with PEFT, and leave them with Unsloth", () => {
    const architecture = catalogued("glm-4.5-air");
    const shared = "mlp.shared_experts.up_proj";
    expect(adapted(architecture, "transformers", { target_modules: GATED })).not.toContain(shared);
    expect(adapted(architecture, "unsloth", { target_modules: GATED })).toContain(shared);
    expect(adapted(architecture, "unsloth", { target_modules: GATED })).toContain("mlp.up_proj");
  });

  test("are none in a library that has none, where names still mean linears", () => {
    const none = { target_modules: "all-linear" as const, target_parameters: [] };
    expect(shapes(QWEN3_30B_A3B, "transformers", none)).toEqual([]);
    expect(adapted(QWEN3_30B_A3B, "transformers", none)).not.toContain("mlp.gate");
    expect(adapted(catalogued("glm-4.5-air"), "transformers", none)).toContain("mlp.shared_experts.up_proj");
  });

  test("stand beside the parameters that are named, whatever PEFT translates, also where matrices are stored transposed", () => {
    const target_parameters = ["experts.gate_up_proj", "experts.down_proj"];
    expect(shapes(catalogued("gpt-oss-20b"), "transformers", { target_parameters })).toEqual([
      ["gate_up_proj.lora_A.weight", [R * 32, 2880]],
      ["gate_up_proj.lora_B.weight", [5760, R * 32]],
      ["down_proj.lora_A.weight", [R * 32, 2880]],
      ["down_proj.lora_B.weight", [2880, R * 32]],
    ]);
    expect(shapes(QWEN3_30B_A3B, "transformers", { target_parameters: ["down_proj"] })).toHaveLength(2);
    expect(shapes(QWEN3_30B_A3B, "transformers", { target_modules: "all-linear", target_parameters: [] })).toEqual([]);
  });
});

describe("Adapters on the linears of experts, in version 4 of transformers", () => {
  test.each<ModellingId>(["transformers-4.48", "transformers-4.45", "foak-4.48", "foak-4.45", "unsloth-2024"])(
    "are those of a linear for each matrix of each expert, and of the router: %s",
    (modelling) => {
      const architecture = catalogued("qwen1.5-moe-a2.7b");
      const { hidden_size: hidden, num_experts = 0, moe_intermediate_size: width = 0 } = architecture;
      const total = adaptersOf(architecture, modelling, { target_modules: "all-linear" })
        .filter(({ name }) => /^mlp\.(experts|gate)\b/.test(name))
        .reduce((sum, { elements, count }) => sum + elements * count, 0);
      const ofExpert = 3 * R * (hidden + width);
      expect(total).toBe(24 * (num_experts * ofExpert + R * (hidden + num_experts)));
    },
  );

  test("are none on a router that was no linear, and those of version 5 in types that version 4 does not have", () => {
    const all = { target_modules: "all-linear" } as const;
    expect(adapted(catalogued("deepseek-v3"), "transformers-4.48", all)).not.toContain("mlp.gate");
    expect(shapes(catalogued("glm-4.5-air"), "transformers-4.48", all)).toEqual(
      shapes(catalogued("glm-4.5-air"), "transformers", all),
    );
  });
});

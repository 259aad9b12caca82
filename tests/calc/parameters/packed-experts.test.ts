import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Lora, Quantization, QuantizedExperts } from "#calc/model/scenario.ts";
import { tunerOf } from "#calc/modules/loaded-modules.ts";
import { ALL_TUNERS } from "#calc/modules/tuners/all-tuners.ts";
import { planParameters } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { bnb4bitExpertsBytes, mxfp4Bytes, quantizedTensorBytes } from "#calc/parameters/weight-bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { GPT_2, LLAMA_2_7B, QWEN3_30B_A3B } from "../architectures.ts";
import { lora } from "../lora.ts";
import { NF4, qloraMethod } from "../scenario.ts";

const catalogued = (id: string): Architecture => {
  const architecture = FULL_CATALOG.models[id]?.architecture;
  if (architecture === undefined) throw new Error(id);
  return architecture;
};

const SAVED: QuantizedExperts = { stored: "4bit", read: "saved" };

const planOf = (architecture: Architecture, experts: QuantizedExperts, patch: Partial<Lora> = {}) => {
  const method = qloraMethod({ lora: lora({ target_modules: ["q_proj"], ...patch }), experts });
  return planParameters({
    layout: ENGINE.layoutOf(architecture),
    keeping: { method, weights: "bf16", modelling: "transformers" },
    tunerTensors: tunerOf(ALL_TUNERS, method)?.tensors ?? null,
  });
};

const named = (tensors: readonly PlannedTensor[], end: string): PlannedTensor | undefined =>
  tensors.find(({ name }) => name.endsWith(end));

describe("a parameter of fused experts", () => {
  const ELEMENTS = 128 * 1536 * 2048;

  test("takes what a linear of its size takes in 4 bits, and tables of its own", () => {
    const blocks = ELEMENTS / 64;
    const packed = ELEMENTS / 2;
    expect(bnb4bitExpertsBytes(ELEMENTS, false)).toBe(packed + blocks * 4 + 512);
    expect(bnb4bitExpertsBytes(ELEMENTS, true)).toBe(packed + blocks + (ELEMENTS / 16_384) * 4 + 512 + 512 + 1024);
  });

  test("takes a byte for each weight in int8, and a scale for each row of each expert", () => {
    expect(quantizedTensorBytes({ kind: "bnb-8bit" }, [128, 1536, 2048]).bytes).toBe(ELEMENTS + 128 * 1536 * 4);
  });

  test("takes half a byte for each weight in MXFP4, and an exponent for 32", () => {
    expect(mxfp4Bytes(ELEMENTS)).toBe(ELEMENTS / 2 + ELEMENTS / 32);
    expect(quantizedTensorBytes({ kind: "mxfp4" }, [128, 1536, 2048]).bytes).toBe(mxfp4Bytes(ELEMENTS));
  });
});

describe("packed experts", () => {
  test("are packed as the linears are; routers, norms and biases of experts stay", () => {
    const { base } = planOf(catalogued("gpt-oss-20b"), SAVED);
    expect(named(base, "experts.gate_up_proj")?.quantization).toEqual(NF4);
    expect(named(base, "experts.down_proj")?.quantization).toEqual(NF4);
    for (const end of ["experts.gate_up_proj_bias", "router.weight", "input_layernorm.weight", "sinks"])
      expect(named(base, end)?.quantization, end).toBeNull();
  });

  test("have settings of their own where the library says so", () => {
    const own: Quantization = { kind: "bnb-4bit", bnb_4bit_quant_type: "fp4", bnb_4bit_use_double_quant: false };
    const { base } = planOf(QWEN3_30B_A3B, { ...SAVED, own });
    expect(named(base, "experts.down_proj")?.quantization).toEqual(own);
    expect(named(base, "q_proj.weight")?.quantization).toEqual(NF4);
  });

  test("have a format of their own where a link says so", () => {
    const { base } = planOf(catalogued("gpt-oss-20b"), { stored: "mxfp4", read: "rebuilt" });
    expect(named(base, "experts.down_proj")?.quantization).toEqual({ kind: "mxfp4" });
    expect(named(base, "q_proj.weight")?.quantization).toEqual(NF4);
    const int8 = planOf(QWEN3_30B_A3B, { stored: "8bit", read: "saved" });
    expect(named(int8.base, "experts.down_proj")?.quantization).toEqual({ kind: "bnb-8bit" });
  });

  test("are none where every expert is a linear, or there is none", () => {
    for (const architecture of [LLAMA_2_7B, GPT_2])
      expect(planOf(architecture, SAVED, { target_modules: "all-linear" }).base).toEqual(
        planOf(architecture, { stored: "mxfp4", read: "rebuilt" }, { target_modules: "all-linear" }).base,
      );
    expect(ENGINE.fusedExperts(LLAMA_2_7B)).toEqual({ weights: 0, isGated: false, wereLinears: false });
  });

  test("are counted by weights, and gated ones told apart", () => {
    expect(ENGINE.fusedExperts(QWEN3_30B_A3B)).toEqual({
      weights: 48 * 128 * 3 * 768 * 2048,
      isGated: true,
      wereLinears: true,
    });
    const ungated = ENGINE.fusedExperts(catalogued("nemotron-3-nano-30b-a3b"));
    expect(ungated.weights).toBeGreaterThan(0);
    expect(ungated.isGated).toBe(false);
  });
});

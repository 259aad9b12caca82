import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import { type ParameterPlan, planParameters } from "#calc/parameters/plan.ts";
import type { PlannedTensor } from "#calc/parameters/parameter-tensors.ts";
import { tunerOf } from "#calc/modules/loaded-modules.ts";
import { ALL_TUNERS } from "#calc/modules/tuners/all-tuners.ts";
import type { Lora, Method } from "#calc/model/scenario.ts";
import { GPT_2, LLAMA_2_7B, QWEN3_30B_A3B, SMALL_DEEPSEEK } from "../architectures.ts";
import { lora } from "../lora.ts";

const ARCHITECTURES = [LLAMA_2_7B, QWEN3_30B_A3B, GPT_2, SMALL_DEEPSEEK];
const count = (patch: Partial<Lora>, architecture = LLAMA_2_7B): number =>
  ENGINE.countLoraParameters(architecture, lora(patch));

const planOf = (architecture: Architecture, method: Method): ParameterPlan =>
  planParameters({
    layout: ENGINE.layoutOf(architecture),
    keeping: { method, weights: "bf16", modelling: "transformers" },
    tunerTensors: tunerOf(ALL_TUNERS, method)?.tensors ?? null,
  });
const trainedOf = (architecture: Architecture, patch: Partial<Lora> = {}): readonly PlannedTensor[] =>
  planOf(architecture, { kind: "lora", lora: lora(patch) }).adapters;

test("Llama 2 7B has 6,738,415,616 parameters, and at r = 16 LoRA trains 8.4, 16.8 or 40.0 million", () => {
  expect(ENGINE.countParameters(LLAMA_2_7B)).toBe(6_738_415_616);
  expect(count({ target_modules: ENGINE.targetModules(LLAMA_2_7B, "q-v") ?? [] })).toBe(8_388_608);
  expect(count({ target_modules: ENGINE.targetModules(LLAMA_2_7B, "attention") ?? [] })).toBe(16_777_216);
  expect(count({ target_modules: "all-linear" })).toBe(39_976_960);
});

test("PEFT has no magnitudes for fused experts: DoRA trains there what LoRA does", () => {
  const experts = { target_modules: ["gate_proj", "up_proj", "down_proj"] };
  expect(count(experts, QWEN3_30B_A3B)).toBeGreaterThan(0);
  expect(count({ ...experts, use_dora: true }, QWEN3_30B_A3B)).toBe(count(experts, QWEN3_30B_A3B));
});

test("A is [r, in] and B is [out, r], once a layer", () => {
  const tensors = trainedOf(LLAMA_2_7B, { target_modules: ["down_proj"] });
  expect(tensors.map(({ name, shape, count: times }) => [name, shape, times])).toEqual([
    ["mlp.down_proj.lora_A.weight", [16, 11008], 32],
    ["mlp.down_proj.lora_B.weight", [4096, 16], 32],
  ]);
});

test("DoRA adds one magnitude an output of each targeted matrix", () => {
  const patch = { target_modules: ["q_proj", "down_proj"] };
  expect(count({ ...patch, use_dora: true }) - count(patch)).toBe(32 * (4096 + 4096));
});

test("the head and the embedding are adapted when a list names them", () => {
  const q = count({ target_modules: ["q_proj"] });
  expect(count({ target_modules: ["q_proj", "lm_head"] }) - q).toBe(16 * (4096 + 32000));
  expect(count({ target_modules: ["q_proj", "embed_tokens"] }) - q).toBe(16 * (32000 + 4096));
});

describe("modules to save", () => {
  test("are copied whole", () => {
    const patch = { target_modules: ["q_proj"] };
    expect(count({ ...patch, modules_to_save: ["embed_tokens", "lm_head"] }) - count(patch)).toBe(2 * 32000 * 4096);
    expect(count({ ...patch, modules_to_save: ["input_layernorm"] }) - count(patch)).toBe(32 * 4096);
    // PEFT matches the end of the path, whatever comes before: two norms a layer and the last.
    expect(count({ ...patch, modules_to_save: ["norm"] }) - count(patch)).toBe(65 * 4096);
  });

  test("stay what they copy, while low-rank matrices are adapters", () => {
    const patch = { target_modules: ["c_attn"], modules_to_save: ["lm_head"] };
    const roles = trainedOf(GPT_2, patch).map(({ role }) => role);
    expect(roles).toEqual(["adapter", "adapter", "head"]);
  });

  test("untie a tied head, which then has a weight of its own", () => {
    expect(count({ target_modules: ["c_attn"], modules_to_save: ["lm_head"] }, GPT_2)).toBe(
      count({ target_modules: ["c_attn"] }, GPT_2) + 50257 * 768,
    );
  });

  test("are not adapted besides", () => {
    expect(count({ target_modules: ["q_proj", "o_proj"], modules_to_save: ["o_proj"] })).toBe(
      count({ target_modules: ["q_proj"] }) + 32 * 4096 * 4096,
    );
  });
});

describe("fused experts, where PEFT adapts them", () => {
  test("have all experts' adapters in one A and one B, gate and up fused at twice the rank", () => {
    const tensors = trainedOf(QWEN3_30B_A3B).filter(({ name }) => name.includes("experts"));
    expect(tensors.map(({ name, shape, count: times }) => [name, shape, times])).toEqual([
      ["mlp.experts.gate_up_proj.lora_A.weight", [2 * 16 * 128, 2048], 48],
      ["mlp.experts.gate_up_proj.lora_B.weight", [1536, 2 * 16 * 128], 48],
      ["mlp.experts.down_proj.lora_A.weight", [16 * 128, 768], 48],
      ["mlp.experts.down_proj.lora_B.weight", [2048, 16 * 128], 48],
    ]);
  });

  test("are chosen by the names that experts had before they were fused, the router by its own", () => {
    const names = (target_modules: readonly string[]): readonly string[] =>
      trainedOf(QWEN3_30B_A3B, { target_modules }).map(({ name }) => name);
    expect(names(["gate"])).toEqual(["mlp.gate.lora_A.weight", "mlp.gate.lora_B.weight"]);
    expect(
      count(
        { target_modules: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] },
        QWEN3_30B_A3B,
      ),
    ).toBe(994_836_480);
    expect(count({ target_modules: ["q_proj", "down_proj"] }, QWEN3_30B_A3B)).toBe(281_542_656);
  });

  test("take their names away from dense layers and shared experts", () => {
    const names = trainedOf(SMALL_DEEPSEEK).map(({ name }) => name);
    expect(names.some((name) => name.startsWith("mlp.experts."))).toBe(true);
    expect(names.filter((name) => /mlp\.(shared_experts\.)?(gate|up|down)_proj/.test(name))).toEqual([]);
  });
});

describe("as laws", () => {
  const architecture = fc.constantFrom(...ARCHITECTURES);
  const rank = fc.integer({ min: 1, max: 256 });

  test("adapters grow in proportion to the rank", () => {
    fc.assert(
      fc.property(architecture, rank, (a, r) => {
        expect(count({ r }, a)).toBe(r * count({ r: 1 }, a));
      }),
    );
  });

  test("more target modules never train fewer parameters", () => {
    const choice = architecture.chain((a) =>
      fc.tuple(
        fc.constant(a),
        fc.subarray([...ENGINE.linearModuleNames(a)]),
        fc.subarray([...ENGINE.linearModuleNames(a)]),
      ),
    );
    fc.assert(
      fc.property(choice, ([a, some, more]) => {
        const both = [...new Set([...some, ...more])];
        expect(count({ target_modules: both }, a)).toBeGreaterThanOrEqual(count({ target_modules: some }, a));
      }),
    );
  });

  test("a tensor has as many elements as its shape says, and all tensors sum to the count of parameters", () => {
    fc.assert(
      fc.property(architecture, rank, (a, r) => {
        const { base, adapters } = planOf(a, { kind: "lora", lora: lora({ r }) });
        for (const { shape, elements } of [...base, ...adapters])
          expect(elements).toBe(shape.reduce((product, size) => product * size, 1));
        expect(base.reduce((total, group) => total + group.elements * group.count, 0)).toBe(ENGINE.countParameters(a));
      }),
    );
  });
});

/** What each tensor of the plan is kept in: a format, or a quantisation's kind. */
const keptIn = ({ base, adapters }: ParameterPlan): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...base, ...adapters].map(({ name, origin, format, quantization }) => [
      `${origin} ${name}`,
      quantization?.kind ?? String(format),
    ]),
  );

const qlora = (patch: Partial<Extract<Method, { kind: "qlora" }>>, adapters: Partial<Lora> = {}): Method => ({
  kind: "qlora",
  lora: lora({ target_modules: ["q_proj"], modules_to_save: ["lm_head"], ...adapters }),
  quantization: { kind: "bnb-4bit", bnb_4bit_quant_type: "nf4", bnb_4bit_use_double_quant: true },
  kbitPreparation: "none",
  ...patch,
});

describe("What each parameter is kept in after preparation", () => {
  test("axolotl: experts that are not quantised stay in fp32; where they are, nothing is cast", () => {
    const experts = { stored: "4bit", read: "saved" } as const;
    const stack = "base mlp.experts.gate_up_proj";
    const router = "base mlp.gate.weight";
    expect(keptIn(planOf(QWEN3_30B_A3B, qlora({ kbitPreparation: "axolotl" })))).toMatchObject({
      [stack]: "fp32",
      [router]: "fp32",
    });
    expect(keptIn(planOf(QWEN3_30B_A3B, qlora({ kbitPreparation: "axolotl", experts })))).toMatchObject({
      [stack]: "bnb-4bit",
      [router]: "bf16",
    });
  });

  test.each([
    { kbitPreparation: "none", norm: "bf16", ends: "bf16", adapter: "fp32" },
    { kbitPreparation: "fp32", norm: "fp32", ends: "fp32", adapter: "fp32" },
    { kbitPreparation: "trl-0.11", norm: "fp32", ends: "bf16", adapter: "fp32" },
    { kbitPreparation: "trl", norm: "fp32", ends: "bf16", adapter: "bf16" },
    { kbitPreparation: "axolotl", norm: "bf16", ends: "bf16", adapter: "fp32" },
  ] as const)("$kbitPreparation: linears are packed, all others as the cast leaves them", (expected) => {
    const { kbitPreparation, norm, ends, adapter } = expected;
    expect(keptIn(planOf(LLAMA_2_7B, qlora({ kbitPreparation })))).toMatchObject({
      "base self_attn.q_proj.weight": "bnb-4bit",
      "base mlp.down_proj.weight": "bnb-4bit",
      "base input_layernorm.weight": norm,
      "base embed_tokens.weight": ends,
      "base lm_head.weight": ends,
      "copy lm_head.weight": ends,
      "adapter self_attn.q_proj.lora_A.weight": adapter,
    });
  });

  test("a base that bitsandbytes did not pack is left as it was loaded", () => {
    const kept = keptIn(planOf(LLAMA_2_7B, qlora({ quantization: { kind: "gptq" }, kbitPreparation: "fp32" })));
    expect(kept["base self_attn.q_proj.weight"]).toBe("gptq");
    expect(kept["base input_layernorm.weight"]).toBe("bf16");
  });

  test("a flat rule takes everything", () => {
    const { base } = planOf(LLAMA_2_7B, qlora({ quantization: { kind: "flat", bytesPerParameter: 0.5 } }));
    expect(new Set(base.map(({ quantization }) => quantization?.kind))).toEqual(new Set(["flat"]));
  });

  test("experts fused into one parameter are never packed", () => {
    const kept = keptIn(planOf(QWEN3_30B_A3B, qlora({})));
    expect(kept["base mlp.experts.gate_up_proj"]).toBe("bf16");
    expect(kept["base self_attn.q_proj.weight"]).toBe("bnb-4bit");
  });
});

describe("What is trained", () => {
  test("in full: every tensor, and nothing beside them", () => {
    const { base, adapters, shared } = planOf(LLAMA_2_7B, { kind: "full" });
    expect(new Set(base.map(({ trained, origin }) => `${origin}, ${trained}`))).toEqual(new Set(["base, true"]));
    expect([...adapters, ...shared]).toEqual([]);
  });

  test("otherwise: what stands beside a frozen base", () => {
    const { base, adapters } = planOf(LLAMA_2_7B, qlora({}));
    expect(new Set(base.map(({ trained }) => trained))).toEqual(new Set([false]));
    expect(new Set(adapters.map(({ trained }) => trained))).toEqual(new Set([true]));
  });

  test("of a tied head: an adapter, or a copy, of its own; its weight stands with the embedding", () => {
    const ofHead = (patch: Partial<Lora>): readonly string[] => {
      const { base, adapters } = planOf(GPT_2, { kind: "lora", lora: lora({ target_modules: ["c_attn"], ...patch }) });
      expect(base.some(({ name }) => name.startsWith("lm_head"))).toBe(false);
      return adapters.flatMap(({ name, origin }) => (name.startsWith("lm_head") ? [`${origin} ${name}`] : []));
    };
    expect(ofHead({})).toEqual([]);
    expect(ofHead({ target_modules: ["lm_head"] })).toEqual([
      "adapter lm_head.lora_A.weight",
      "adapter lm_head.lora_B.weight",
    ]);
    expect(ofHead({ modules_to_save: ["lm_head"] })).toEqual(["copy lm_head.weight"]);
  });
});

describe("VeRA", () => {
  const vera = (architecture: Architecture, patch: Partial<Lora> = {}): ParameterPlan =>
    planOf(architecture, { kind: "lora", lora: lora({ tuner: "vera", r: 256, ...patch }) });

  test("shares one A and one B, as wide as the widest of all targets, which nobody trains", () => {
    const shapes = (patch: Partial<Lora>): unknown =>
      vera(LLAMA_2_7B, patch).shared.map(({ name, shape, count: times, trained }) => [name, shape, times, trained]);
    expect(shapes({ target_modules: ["q_proj", "v_proj"] })).toEqual([
      ["vera_A", [256, 4096], 1, false],
      ["vera_B", [4096, 256], 1, false],
    ]);
    // In and out of the same MLP: neither is one matrix's.
    expect(shapes({})).toEqual([
      ["vera_A", [256, 11008], 1, false],
      ["vera_B", [11008, 256], 1, false],
    ]);
  });

  test("trains a vector as long as the output and one as long as the rank beside each target", () => {
    const { adapters } = vera(LLAMA_2_7B, { target_modules: ["down_proj"] });
    expect(adapters.map(({ name, shape, count: times }) => [name, shape, times])).toEqual([
      ["mlp.down_proj.vera_lambda_b", [4096], 32],
      ["mlp.down_proj.vera_lambda_d", [256], 32],
    ]);
    expect(count({ tuner: "vera", r: 256, target_modules: ["q_proj", "v_proj"] })).toBe(64 * (4096 + 256));
  });

  test("leaves fused experts alone, and linears of their old names are none of theirs", () => {
    const { adapters } = vera(SMALL_DEEPSEEK);
    expect(adapters.some(({ name }) => name.startsWith("mlp.experts."))).toBe(false);
    expect(adapters.some(({ name }) => name.startsWith("mlp.gate_proj."))).toBe(true);
  });

  test.each([
    ["fp32", "bf16", "fp32"],
    ["bf16", "bf16", "bf16"],
    ["bf16", "fp32", "fp32"],
  ] as const)("adapters in %s on a base in %s share what is kept in %s", (adapters, weights, expected) => {
    const { shared } = planParameters({
      layout: ENGINE.layoutOf(LLAMA_2_7B),
      keeping: {
        method: { kind: "lora", lora: lora({ tuner: "vera", adapters }) },
        weights,
        modelling: "transformers",
      },
      tunerTensors: ALL_TUNERS.vera.tensors,
    });
    expect(new Set(shared.map(({ format }) => format))).toEqual(new Set([expected]));
  });
});

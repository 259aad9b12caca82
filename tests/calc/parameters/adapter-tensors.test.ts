import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adapterTensors } from "#calc/parameters/adapter-tensors.ts";
import { baseTensors } from "#calc/parameters/base-tensors.ts";
import { countLoraParameters } from "#calc/parameters/count-lora-parameters.ts";
import type { Lora } from "#calc/model/scenario.ts";
import { GPT_2, LLAMA_2_7B, QWEN3_30B_A3B, SMALL_DEEPSEEK } from "../architectures.ts";
import { lora } from "../lora.ts";

const ARCHITECTURES = [LLAMA_2_7B, QWEN3_30B_A3B, GPT_2, SMALL_DEEPSEEK];
const count = (patch: Partial<Lora>, architecture = LLAMA_2_7B): number =>
  countLoraParameters(ENGINE.layoutOf(architecture), lora(patch));

test("Llama 2 7B has 6,738,415,616 parameters, and at r = 16 LoRA trains 8.4, 16.8 or 40.0 million", () => {
  expect(ENGINE.countParameters(LLAMA_2_7B)).toBe(6_738_415_616);
  expect(count({ target_modules: ENGINE.targetModules(LLAMA_2_7B, "q-v") ?? [] })).toBe(8_388_608);
  expect(count({ target_modules: ENGINE.targetModules(LLAMA_2_7B, "attention") ?? [] })).toBe(16_777_216);
  expect(count({ target_modules: "all-linear" })).toBe(39_976_960);
});

test("A is [r, in] and B is [out, r], once a layer", () => {
  const tensors = adapterTensors(ENGINE.layoutOf(LLAMA_2_7B), lora({ target_modules: ["down_proj"] }));
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
    const roles = adapterTensors(ENGINE.layoutOf(GPT_2), lora(patch)).map(({ role }) => role);
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
    const tensors = adapterTensors(ENGINE.layoutOf(QWEN3_30B_A3B), lora()).filter(({ name }) =>
      name.includes("experts"),
    );
    expect(tensors.map(({ name, shape, count: times }) => [name, shape, times])).toEqual([
      ["mlp.experts.gate_up_proj.lora_A.weight", [2 * 16 * 128, 2048], 48],
      ["mlp.experts.gate_up_proj.lora_B.weight", [1536, 2 * 16 * 128], 48],
      ["mlp.experts.down_proj.lora_A.weight", [16 * 128, 768], 48],
      ["mlp.experts.down_proj.lora_B.weight", [2048, 16 * 128], 48],
    ]);
  });

  test("are chosen by the names that experts had before they were fused, the router by its own", () => {
    const names = (target_modules: readonly string[]): readonly string[] =>
      adapterTensors(ENGINE.layoutOf(QWEN3_30B_A3B), lora({ target_modules })).map(({ name }) => name);
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
    const names = adapterTensors(ENGINE.layoutOf(SMALL_DEEPSEEK), lora()).map(({ name }) => name);
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
        const base = baseTensors(ENGINE.layoutOf(a));
        for (const { shape, elements } of [...base, ...adapterTensors(ENGINE.layoutOf(a), lora({ r }))])
          expect(elements).toBe(shape.reduce((product, size) => product * size, 1));
        expect(base.reduce((total, group) => total + group.elements * group.count, 0)).toBe(ENGINE.countParameters(a));
      }),
    );
  });
});

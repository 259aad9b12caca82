import { describe, expect, test } from "vitest";
import { isSkipped } from "#calc/families/model-layout.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { DYNAMIC_QUANTS } from "#catalog/checkpoints.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { lora } from "../lora.ts";
import { NF4, qloraMethod, scenario } from "../scenario.ts";

const modelOf = (id: string): Architecture => {
  const row = FULL_CATALOG.models[id];
  if (row === undefined) throw new Error(`no ${id}`);
  return row.architecture;
};

const skipping = (id: string, llm_int8_skip_modules: readonly string[]): Architecture => ({
  ...modelOf(id),
  llm_int8_skip_modules,
});

const weightsOf = (architecture: Architecture, method = qloraMethod({ quantization: NF4 })): number =>
  estimated(ENGINE.estimate(scenario({ architecture, method }))).terms.find(({ id }) => id === "weights")?.bytes ?? 0;

describe("Which linears bitsandbytes leaves in 16 bits", () => {
  test.each([
    ["model.layers.1.mlp", "model.layers.1.mlp.down_proj", true],
    ["model.layers.1.mlp", "model.layers.11.mlp.down_proj", false],
    ["model.layers.1.self_attn", "model.layers.1.mlp.down_proj", false],
    ["model.layers.3.mlp.down_proj", "model.layers.3.mlp.down_proj", true],
    ["model.layers.3.mlp.down_proj", "model.layers.3.mlp.up_proj", false],
    // The end of a path is enough, and its beginning is, point or not.
    ["down_proj", "model.layers.7.mlp.down_proj", true],
    ["proj", "model.layers.7.mlp.down_proj", true],
    ["mlp", "model.layers.7.mlp.down_proj", false],
    ["model.layers.1", "model.layers.12.mlp.down_proj", true],
  ])("%s names %s: %s", (name, path, is) => expect(isSkipped(path, [name])).toBe(is));
});

describe("A layout whose checkpoint leaves some linears in 16 bits", () => {
  const { layers } = ENGINE.layoutOf(
    skipping("llama-3.2-1b", ["model.layers.1.mlp", "model.layers.9.mlp", "model.layers.2.self_attn.o_proj"]),
  );

  test("has a kind for layers that skip the same, and says which they are", () => {
    expect(layers.map(({ count }) => count)).toEqual([13, 2, 1]);
    expect(layers.map(({ at }) => at?.slice(0, 3))).toEqual([[0, 3, 4], [1, 9], [2]]);
    expect(new Set(layers.map(({ kind }) => kind)).size).toBe(3);
  });

  test("marks these linears, and no other", () => {
    const skipped = layers.map(({ modules }) =>
      modules.filter((module) => module.kind === "linear" && module.skipped).map(({ name }) => name),
    );
    expect(skipped).toEqual([[], ["mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"], ["self_attn.o_proj"]]);
  });

  test("has as many parameters, as many of them adapted", () => {
    const architecture = skipping("llama-3.2-1b", ["model.layers.1.mlp"]);
    expect(ENGINE.countParameters(architecture)).toBe(ENGINE.countParameters(modelOf("llama-3.2-1b")));
    expect(ENGINE.countLoraParameters(architecture, lora())).toBe(
      ENGINE.countLoraParameters(modelOf("llama-3.2-1b"), lora()),
    );
  });

  test("is the family's own where nothing of a layer is named", () => {
    const plain = ENGINE.layoutOf(modelOf("llama-3.2-1b"));
    const named = ENGINE.layoutOf(skipping("llama-3.2-1b", ["lm_head", "merger", "model.layers.99.mlp"]));
    expect(named).toEqual(plain);
  });

  test("takes layers where the modelling code says which kind each is", () => {
    const kinds = ENGINE.layoutOf(skipping("gemma-3n-e2b", ["model.layers.29.mlp"])).layers;
    const [last] = kinds.filter(({ kind }) => kind.includes("16-bit"));
    expect(last).toMatchObject({ kind: "shared_kv, 16-bit 2", count: 1, at: [29] });
  });
});

describe("Weights of published dynamic checkpoints", () => {
  // The size that Hugging Face shows of model.safetensors, in 10^9 bytes, beside the same of the checkpoint whose linears are all in 4 bits.
  // https://huggingface.co/unsloth/DeepSeek-R1-Distill-Llama-8B-unsloth-bnb-4bit/tree/main, .../DeepSeek-R1-Distill-Llama-8B-bnb-4bit/tree/main
  test("DeepSeek R1 distill Llama 8B takes 5.96 GB, and 5.70 GB with all of it in 4 bits", () => {
    const id = "deepseek-r1-distill-llama-8b";
    const names = DYNAMIC_QUANTS[id]?.llm_int8_skip_modules ?? [];
    const inGB = (architecture: Architecture): string => (weightsOf(architecture) / 1e9).toFixed(2);
    expect(inGB(skipping(id, names))).toBe("5.96");
    expect(inGB(modelOf(id))).toBe("5.70");
  });

  test("Qwen2.5 0.5B keeps 4 MLPs and the attention of layer 0 in 2 bytes a weight", () => {
    const id = "qwen2.5-0.5b";
    const [hidden, intermediate, keys] = [896, 4864, 128];
    const mlp = 3 * hidden * intermediate;
    const attention = 2 * hidden * hidden + 2 * hidden * keys;
    const packed = (weights: number): number => {
      const block = (bytes: number): number => Math.ceil(bytes / 512) * 512;
      const scales = weights / 64;
      return block(weights / 2) + block(scales) + block(4 * Math.ceil(scales / 256));
    };
    const inFour = 4 * 3 * packed(hidden * intermediate) + 2 * packed(hidden * hidden) + 2 * packed(hidden * keys);
    const more = weightsOf(skipping(id, DYNAMIC_QUANTS[id]?.llm_int8_skip_modules ?? [])) - weightsOf(modelOf(id));
    expect(more).toBe(2 * (4 * mlp + attention) - inFour);
  });

  test.each(Object.entries(DYNAMIC_QUANTS))("every name of the list for %s means a linear of it", (id, quant) => {
    const { llm_int8_skip_modules: names, hf_repo, source } = quant;
    expect(modelOf(id).model_type).toMatch(/^(llama|qwen2)$/);
    expect(hf_repo).toMatch(/^unsloth\/.*-unsloth-bnb-4bit$/);
    expect(source).not.toBe("");
    for (const name of names) {
      const { layers } = ENGINE.layoutOf(skipping(id, [name]));
      expect(layers.some(({ kind }) => kind.includes("16-bit"))).toBe(true);
    }
  });
});

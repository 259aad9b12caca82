import { describe, expect, test } from "vitest";
import { chainLayers, tensorPlan } from "#calc/families/families.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { FAMILIES } from "../workings.ts";
import { isSkipped } from "#calc/families/model-layout.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { DYNAMIC_QUANTS } from "#catalog/checkpoints.ts";
import { lora } from "../lora.ts";
import { NF4, qloraMethod, scenario } from "../scenario.ts";

const architectureOf = (id: string): Architecture => {
  const architecture = FULL_CATALOG.models[id]?.architecture;
  if (architecture === undefined) throw new Error(`the catalog has ${id}`);
  return architecture;
};

/** Which layers of a model, from 0, are of a kind that has this in its name. */
const layersOf = (architecture: Architecture, part: RegExp): readonly number[] =>
  chainLayers(FAMILIES)(architecture)(FAMILIES.modellingOf(architecture.model_type).forward).flatMap(
    ({ kind }, index) => (part.test(kind) ? [index] : []),
  );

/** Of which only the code says what attention layers have. */
const firstTwelve = (id: string): Architecture => {
  const { layer_types: _, sliding_window_pattern: __, ...architecture } = architectureOf(id);
  return { ...architecture, num_hidden_layers: 12 };
};

const FULL = /full_attention/;

/** @see transformers 5.24, `layer_types` of configuration_<model_type>.py; of Llama 4 `no_rope_layers`, of SmolLM 3 `no_rope_layer_interval` */
describe("Of twelve layers", () => {
  test.each<readonly [id: string, part: RegExp, layers: readonly number[]]>([
    ["gemma-2-9b", FULL, [1, 3, 5, 7, 9, 11]],
    ["gemma-3-4b", FULL, [5, 11]],
    ["gemma-4-12b", FULL, [5, 11]],
    ["command-r7b-12-2024", FULL, [3, 7, 11]],
    ["exaone-4.0-32b", FULL, [3, 7, 11]],
    ["olmo-3-7b", FULL, [3, 7, 11]],
    ["gpt-oss-20b", FULL, [1, 3, 5, 7, 9, 11]],
    ["qwen3-next-80b-a3b", FULL, [3, 7, 11]],
    ["qwen3.5-0.8b", FULL, [3, 7, 11]],
    ["llama-4-scout", FULL, [3, 7, 11]],
    ["llama-4-scout", /dense/, []],
    ["llama-4-maverick", FULL, [3, 7, 11]],
    ["llama-4-maverick", /dense/, [0, 2, 4, 6, 8, 10]],
    ["deepseek-v3", /dense/, [0, 1, 2]],
    ["deepseek-v2-lite", /dense/, [0]],
    ["smollm3-3b", /unrotated/, [3, 7, 11]],
  ])("%s has these that are %s: %j", (id, part, layers) => {
    expect(layersOf(firstTwelve(id), part)).toEqual(layers);
  });
});

test("The last layer of a Gemma 4 attends to all tokens, whichever it is", () => {
  expect(layersOf({ ...firstTwelve("gemma-4-12b"), num_hidden_layers: 9 }, FULL)).toEqual([5, 8]);
});

test.each([
  ["gemma-3n-e2b", /own_kv/, "own"],
  ["gemma-4-e2b", /shared_kv/, "shared"],
] as const)(
  "%s has keys and values in all but its last layers, which read those of earlier ones",
  (id, part, which) => {
    const architecture = architectureOf(id);
    const { num_hidden_layers: count, num_kv_shared_layers: shared = 0 } = architecture;
    expect(shared).toBeGreaterThan(0);
    const all = Array.from({ length: count }, (_, index) => index);
    expect(layersOf(architecture, part)).toEqual(all.filter((index) => index < count - shared === (which === "own")));
  },
);

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

test("Llama has a plan, GPT-2 has none", () => {
  expect(tensorPlan(FAMILIES, "llama")?.cuts).toContain("heads");
  expect(tensorPlan(FAMILIES, "gpt2")).toBeUndefined();
});

test.each(["constructor", "toString", "__proto__"])("a model type named %s, as every object has it, has none", (name) =>
  expect(tensorPlan(FAMILIES, name)).toBeUndefined(),
);

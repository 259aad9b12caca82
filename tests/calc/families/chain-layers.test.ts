import { describe, expect, test } from "vitest";
import { chainLayers } from "#calc/families/families.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { FAMILIES } from "../workings.ts";

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

import { describe, expect, test } from "vitest";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";
import { modelConfig } from "#interop/measure/model-config.ts";

const configOf = (id: string, tokens = 512): ReturnType<typeof modelConfig> => {
  const row = FULL_CATALOG.models[id];
  if (row === undefined) throw new Error(`no model ${id}`);
  return modelConfig(row.architecture, tokens);
};

describe("a config of transformers", () => {
  test("has the fields of the catalog under the names of its class", () => {
    expect(configOf("gpt2").fields).toMatchObject({ n_embd: 768, n_layer: 12, n_head: 12, n_positions: 1024 });
    expect(configOf("mixtral-8x7b").fields).toMatchObject({ num_local_experts: 8, num_experts_per_tok: 2 });
    expect(configOf("falcon-40b").fields).toMatchObject({ new_decoder_architecture: true, num_kv_heads: 8 });
  });

  test("is that of the text decoder where a model sees pictures, too", () => {
    expect(configOf("gemma-3n-e2b").type).toBe("gemma3n_text");
  });

  test("has no field that only describes a model", () => {
    expect(Object.keys(configOf("qwen3-8b").fields)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(qk_norm|mlp_type|norm_type|model_type|hidden_act)$/)]),
    );
  });

  test("has no window, one norm or an activation as the class would have it, where the model has not", () => {
    expect(configOf("mistral-7b-v0.1").fields).toHaveProperty("sliding_window", 4096);
    expect(configOf("mistral-7b-v0.3").fields).toHaveProperty("sliding_window", null);
    expect(configOf("stablelm-2-12b").fields).toHaveProperty("use_parallel_residual", true);
    expect(configOf("stablelm-2-1.6b").fields).toHaveProperty("use_parallel_residual", false);
    expect(configOf("santacoder").fields).toHaveProperty("activation_function", "gelu");
  });

  test("has no width of a head where the class has none", () => {
    expect(configOf("gpt2").fields).not.toHaveProperty("head_dim");
    expect(configOf("llama-3.1-8b").fields).toHaveProperty("head_dim", 128);
  });

  test("reaches as far as a row, unless positions are learned", () => {
    expect(configOf("llama-2-7b", 10_000).fields).toHaveProperty("max_position_embeddings", 10_000);
    expect(configOf("llama-2-7b", 512).fields).toHaveProperty("max_position_embeddings", 4096);
    expect(configOf("gpt2", 4096).fields).toHaveProperty("n_positions", 1024);
  });

  test.each(Object.entries(FULL_CATALOG.models))("of %s is read as a model of as many parameters", (_, row) => {
    const { type, fields } = modelConfig(row.architecture, 512);
    const { value, issues } = parseConfigJson(JSON.stringify({ model_type: type, ...fields }));
    expect(issues).toEqual([]);
    expect(value && ENGINE.countParameters(value)).toBe(ENGINE.countParameters(row.architecture));
  });

  test("keeps no cache of keys and values", () => {
    expect(configOf("qwen2.5-0.5b").fields).toHaveProperty("use_cache", false);
  });
});

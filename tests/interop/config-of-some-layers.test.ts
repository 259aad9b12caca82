import { describe, expect, test } from "vitest";
import { parseConfigJson } from "#interop/config-json/config-json.ts";

/** A Gemma 4 of two layers, of which one attends to all tokens. */
const GEMMA_4 = {
  model_type: "gemma4_text",
  num_hidden_layers: 2,
  hidden_size: 64,
  intermediate_size: 128,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  vocab_size: 1000,
  sliding_window: 16,
  max_position_embeddings: 4096,
  attention_k_eq_v: true,
  layer_types: ["sliding_attention", "full_attention"],
};

const read = (fields: object) => parseConfigJson(JSON.stringify({ ...GEMMA_4, ...fields }));
const wide = (fields: object) => {
  const { global_head_dim, num_global_key_value_heads } = read(fields).value ?? {};
  return { global_head_dim, num_global_key_value_heads };
};

describe("heads of Gemma 4's full attention", () => {
  test("are read from the layers that have them, where transformers 5 saves them so", () => {
    const per_layer_config = { "01": { head_dim: 48, num_key_value_heads: 1 } };
    expect(wide({ per_layer_config })).toEqual({ global_head_dim: 48, num_global_key_value_heads: 1 });
    expect(read({ per_layer_config }).issues).toEqual([]);
  });

  test("are as in all layers where those do not say", () => {
    expect(wide({ per_layer_config: { "01": { num_key_value_heads: 1 } } })).toEqual({
      global_head_dim: 32,
      num_global_key_value_heads: 1,
    });
  });

  test("are what the file says beside them, and else the class's 512", () => {
    const per_layer_config = { "01": { head_dim: 48 } };
    expect(wide({ global_head_dim: 96, per_layer_config }).global_head_dim).toBe(96);
    expect(wide({}).global_head_dim).toBe(512);
    for (const nothing of [null, {}, [], 7, { "01": 7 }])
      expect(wide({ per_layer_config: nothing }).global_head_dim).toBe(512);
  });

  test("are named and left out where layers do not agree, or it is no number", () => {
    const issues = (per_layer_config: object) => read({ per_layer_config }).issues.map(({ message }) => message);
    expect(issues({ "00": { head_dim: 48 }, "01": { head_dim: 96 } })).toEqual([
      "a whole number was expected for global_head_dim, not [48,96]; it is left out.",
    ]);
    expect(issues({ "01": { head_dim: "wide" } })).toEqual([
      'a whole number was expected for global_head_dim, not "wide"; it is left out.',
    ]);
  });

  test("of another family are no field", () => {
    expect(wide({ model_type: "llama", per_layer_config: { "01": { head_dim: 48 } } }).global_head_dim).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { LLAMA_FACTS } from "#interop/config-json/model-kinds.ts";
import { readFlags } from "#interop/config-json/layer-fields.ts";

const read = (config: Readonly<Record<string, unknown>>, facts = LLAMA_FACTS): ReturnType<typeof readFlags> =>
  readFlags(config, facts);

describe("what a config.json says with true", () => {
  test.each([
    ["tie_word_embeddings", { tie_word_embeddings: true }],
    ["tie_embedding", { tie_word_embeddings: true }],
    ["attention_bias", { attention_bias: true }],
    ["attention_out_bias", { attention_out_bias: true }],
    ["qkv_bias", { qkv_bias: true }],
    ["use_qkv_bias", { qkv_bias: true }],
    ["use_bias", { attention_bias: true, qkv_bias: true, attention_out_bias: true, mlp_bias: true }],
    ["mlp_bias", { mlp_bias: true }],
    ["lm_head_bias", { lm_head_bias: true }],
    ["attention_k_eq_v", { attention_k_eq_v: true }],
    ["use_double_wide_mlp", { use_double_wide_mlp: true }],
    ["attn_output_gate", { attn_output_gate: true }],
  ])("as %s is %j", (name, fields) => {
    expect(read({ [name]: true })).toEqual({ fields, issues: [] });
  });

  test("of attention's bias is that of queries, keys and values where the family has it there alone", () => {
    expect(read({ attention_bias: true }, { ...LLAMA_FACTS, biasOfQkv: true }).fields).toEqual({ qkv_bias: true });
  });

  test("of a norm of queries and keys is the family's norm", () => {
    const facts = { ...LLAMA_FACTS, qkNorm: { flag: "use_qk_norm", norm: "l2" } } as const;
    expect(read({ use_qk_norm: true }, facts).fields).toEqual({ qk_norm: "l2" });
    expect(read({ use_qk_norm: false }, facts).fields).toEqual({});
    expect(read({ use_qk_norm: true }).fields).toEqual({});
  });
});

describe("what a config.json says with false", () => {
  test("is nothing that its absence would not say, tied embeddings apart", () => {
    expect(read({ mlp_bias: false, tie_word_embeddings: false }).fields).toEqual({ tie_word_embeddings: false });
  });

  test("is said where the family has it on", () => {
    const facts = { ...LLAMA_FACTS, fields: { ...LLAMA_FACTS.fields, qkv_bias: true } };
    expect(read({ qkv_bias: false }, facts).fields).toEqual({ qkv_bias: false });
  });
});

test("what is neither true nor false is left out and named", () => {
  expect(read({ mlp_bias: "yes" })).toEqual({
    fields: {},
    issues: [
      {
        code: "unknown-value",
        key: "mlp_bias",
        value: "yes",
        used: "",
        message: 'true or false was expected for mlp_bias, not "yes"; it is left out.',
      },
    ],
  });
});

describe("a fraction", () => {
  test.each([
    ["final_logit_softcapping", 1e6],
    ["attn_logit_softcapping", 1e6],
    ["partial_rotary_factor", 1],
  ])("as %s is up to %d, and 0 is none", (name, largest) => {
    expect(read({ [name]: largest }).fields).toEqual({ [name]: largest });
    expect(read({ [name]: 0.25 }).fields).toEqual({ [name]: 0.25 });
    for (const other of [0, -1, largest + 0.5, "1"]) expect(read({ [name]: other }).fields).toEqual({});
  });

  test("of the rotated width may stand with the rotary positions, as transformers 5 saves it", () => {
    const rope_parameters = { rope_type: "default", partial_rotary_factor: 0.4 };
    expect(read({ rope_parameters }).fields).toEqual({ partial_rotary_factor: 0.4 });
    expect(read({ rope_parameters, partial_rotary_factor: 0.5 }).fields).toEqual({ partial_rotary_factor: 0.5 });
    for (const other of [null, [], "0.4", { full_attention: rope_parameters }])
      expect(read({ rope_parameters: other }).fields).toEqual({});
  });
});

describe("the activation", () => {
  test.each(["hidden_activation", "hidden_act", "activation_function", "mlp_hidden_act", "activation"])(
    "may be called %s",
    (name) => expect(read({ [name]: "gelu" }).fields).toEqual({ hidden_act: "gelu" }),
  );

  test("of Gemma is the one that its code takes first", () => {
    expect(read({ hidden_act: "gelu", hidden_activation: "gelu_pytorch_tanh" }).fields).toEqual({
      hidden_act: "gelu_pytorch_tanh",
    });
  });

  test("has a name of 1 to 40 characters", () => {
    expect(read({ hidden_act: "a".repeat(40) }).fields).toEqual({ hidden_act: "a".repeat(40) });
    expect(read({ hidden_act: "a" }).fields).toEqual({ hidden_act: "a" });
    for (const other of ["", "a".repeat(41), 7]) expect(read({ hidden_act: other }).fields).toEqual({});
  });
});

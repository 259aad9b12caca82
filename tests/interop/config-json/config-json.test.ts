import { ENGINE } from "#calc/whole-engine.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";
import { LLAMA_CONFIG as LLAMA } from "../llama-config.ts";
import { REAL_CONFIGS } from "../real-configs.ts";
import { upstreamConfig } from "../upstream-config.ts";
import { tried } from "../../tried.ts";

const parse = (config: unknown): ReturnType<typeof parseConfigJson> => parseConfigJson(JSON.stringify(config));
const issuesOf = (config: unknown): readonly string[] => parse(config).issues.map(({ code, key }) => `${code} ${key}`);

test.each(Object.entries(FULL_CATALOG.models))(
  "the config.json of %s, written as its family writes it, is the architecture of the catalog",
  (_, { architecture }) => {
    const { value, issues } = parse(upstreamConfig(architecture));
    expect(issues).toEqual([]);
    expect(value).toEqual(architecture);
  },
);

test.each(REAL_CONFIGS)("the config.json of $id has the parameters of the catalog", ({ id, config }) => {
  const row = FULL_CATALOG.models[id];
  const { value, issues } = parse(config);
  expect(issues).toEqual([]);
  expect(value && ENGINE.countParameters(value)).toBe(row && ENGINE.countParameters(row.architecture));
});

describe("what a file leaves out", () => {
  test("follows from the other fields where the config class says so, without a word", () => {
    const { num_key_value_heads: _, ...rest } = LLAMA;
    expect(parse(rest)).toEqual({
      value: expect.objectContaining({ num_key_value_heads: 32, head_dim: 128 }),
      issues: [],
    });
  });

  test.each(["hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size"])(
    "is named where nothing can be counted without it: %s",
    (field) => {
      expect(parse({ ...LLAMA, [field]: undefined }).value).toBeNull();
      expect(issuesOf({ ...LLAMA, [field]: undefined })).toContain(`missing-field ${field}`);
    },
  );

  test("is the width of an MLP where a hybrid of Granite has neither experts nor a shared one", () => {
    const granite = { ...LLAMA, model_type: "granitemoehybrid" };
    expect(parse(granite).value).toMatchObject({ intermediate_size: 11008 });
    expect(parse({ ...granite, shared_intermediate_size: 4096 }).value).toMatchObject({ intermediate_size: 4096 });
    expect(parse({ ...granite, num_local_experts: 8 }).value).toMatchObject({ moe_intermediate_size: 11008 });
  });

  test("is assumed, with an issue each, for a family that is not known", () => {
    const { value, issues } = parse({
      model_type: "hypermodel",
      n_embd: 1024,
      n_layer: 4,
      n_head: 8,
      vocab_size: 1000,
    });
    expect(value).toMatchObject({
      model_type: "hypermodel",
      hidden_size: 1024,
      head_dim: 128,
      intermediate_size: 4096,
    });
    expect(issues.every(({ code }) => code === "assumed-field")).toBe(true);
    expect(issues.map(({ key }) => key).sort()).toEqual([
      "head_dim",
      "hidden_act",
      "intermediate_size",
      "max_position_embeddings",
      "mlp_type",
      "model_type",
      "norm_type",
      "num_key_value_heads",
      "tie_word_embeddings",
    ]);
  });
});

describe("what cannot be", () => {
  test.each([
    [{ num_attention_heads: 33 }, "out-of-range head_dim"],
    [{ hidden_size: -4096 }, "out-of-range hidden_size"],
    [{ hidden_size: 1e9 }, "out-of-range hidden_size"],
    [{ num_hidden_layers: 1.5 }, "not-a-number num_hidden_layers"],
    [{ vocab_size: "32000" }, "not-a-number vocab_size"],
    [{ head_dim: 0.5 }, "not-a-number head_dim"],
    [{ num_key_value_heads: 5 }, "out-of-range num_key_value_heads"],
    [{ tie_word_embeddings: "yes" }, "unknown-value tie_word_embeddings"],
    [{ layer_types: ["full_attention"] }, "unknown-value layer_types"],
  ])("is named: %j", (fields, issue) => {
    expect(issuesOf({ ...LLAMA, ...fields })).toContain(issue);
  });

  test("in a needed field leaves no model; elsewhere the field is left out", () => {
    expect(parse({ ...LLAMA, hidden_size: -1 }).value).toBeNull();
    expect(parse({ ...LLAMA, num_attention_heads: 33 }).value).toBeNull();
    expect(parse({ ...LLAMA, sliding_window: "wide" }).value).toMatchObject({ hidden_size: 4096 });
  });
});

describe("a file that is no config.json", () => {
  test("is told so", () => {
    expect(parseConfigJson("model_type: llama").issues[0]?.code).toBe("not-json");
    expect(parseConfigJson("[1, 2]").issues[0]?.code).toBe("not-json");
    expect(parseConfigJson("").issues[0]?.code).toBe("not-json");
    expect(parseConfigJson(" ".repeat(2 ** 20 + 1)).issues[0]?.code).toBe("too-large");
  });

  test("cannot bring fields in through the prototype", () => {
    const { value, issues } = parseConfigJson('{"model_type":"llama","__proto__":{"hidden_size":8,"vocab_size":9}}');
    expect(value).toBeNull();
    expect(issues.map(({ key }) => key)).toContain("hidden_size");
    expect(({} as Record<string, unknown>)["hidden_size"]).toBeUndefined();
    expect(parse({ ...LLAMA, model_type: "constructor" }).value).toMatchObject({ hidden_size: 4096 });
  });
});

/** Values of every JSON kind under names that config.json files have. */
const junk = fc.dictionary(
  fc.constantFrom(
    ...Object.keys(LLAMA),
    "text_config",
    "layer_types",
    "full_attn_idxs",
    "block_multiple_of",
    "head_dim",
    "n_routed_experts",
    "new_decoder_architecture",
    "hybrid_override_pattern",
    "__proto__",
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.integer({ min: -10, max: 10_000 }),
    fc.constantFrom("llama", "falcon", "lfm2", "gemma4", "opt", "deepseek_v3"),
  ),
);

tried(
  "whatever text is pasted, there is an answer and never an exception",
  { quick: 100, thorough: 10_000 },
  (runs) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseConfigJson(text).issues.length).toBeGreaterThan(0);
      }),
      runs,
    );
  },
);

tried(
  "a model that comes of whatever fields there are can be counted, or is none that can run",
  { quick: 500, thorough: 5000 },
  (runs) => {
    fc.assert(
      fc.property(junk, junk, (outer, inner) => {
        const { value, issues } = parse({ ...LLAMA, ...outer, text_config: inner });
        expect(value !== null || issues.length > 0).toBe(true);
        if (value !== null && !Number.isSafeInteger(ENGINE.countParameters(value)))
          expect(ENGINE.isRunnable(value)).toBe(false);
      }),
      runs,
    );
  },
);

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

/** As the checkpoint has them. @see https://huggingface.co/unsloth/phi-4-unsloth-bnb-4bit/blob/main/config.json */
const PHI_4 = {
  architectures: ["LlamaForCausalLM"],
  attention_bias: false,
  head_dim: 128,
  hidden_act: "silu",
  hidden_size: 5120,
  intermediate_size: 17_920,
  max_position_embeddings: 16_384,
  mlp_bias: false,
  model_type: "llama",
  num_attention_heads: 40,
  num_hidden_layers: 40,
  num_key_value_heads: 10,
  tie_word_embeddings: false,
  vocab_size: 100_352,
};
const QUANTIZATION = {
  _load_in_4bit: true,
  _load_in_8bit: false,
  bnb_4bit_compute_dtype: "bfloat16",
  bnb_4bit_quant_storage: "uint8",
  bnb_4bit_quant_type: "nf4",
  bnb_4bit_use_double_quant: true,
  llm_int8_enable_fp32_cpu_offload: false,
  llm_int8_has_fp16_weight: false,
  llm_int8_skip_modules: [
    "lm_head",
    "multi_modal_projector",
    "merger",
    "modality_projection",
    "model.layers.1.mlp",
    "model.layers.2.mlp",
    "model.layers.3.mlp",
    "model.layers.37.self_attn.o_proj",
    "model.layers.39.self_attn.o_proj",
  ],
  llm_int8_threshold: 6,
  load_in_4bit: true,
  load_in_8bit: false,
  quant_method: "bitsandbytes",
};

const configSkippedRead = (quantization: unknown, config: object = PHI_4): ReturnType<typeof parseConfigJson> =>
  parseConfigJson(JSON.stringify({ ...config, quantization_config: quantization }));

const namesOf = (names: unknown): unknown =>
  configSkippedRead({ ...QUANTIZATION, llm_int8_skip_modules: names }).value?.llm_int8_skip_modules;

describe("A config.json of a checkpoint that bitsandbytes quantised", () => {
  test("says which modules of the layers stay in 16 bits", () => {
    const { value, issues } = configSkippedRead(QUANTIZATION);
    expect(issues).toEqual([]);
    expect(value?.llm_int8_skip_modules).toEqual([
      "model.layers.1.mlp",
      "model.layers.2.mlp",
      "model.layers.3.mlp",
      "model.layers.37.self_attn.o_proj",
      "model.layers.39.self_attn.o_proj",
    ]);
  });

  test.each([
    ["model.language_model.layers.2.mlp", "model.layers.2.mlp"],
    ["language_model.model.layers.2.mlp", "model.layers.2.mlp"],
    ["transformer.h.2.mlp.c_proj", "model.layers.2.mlp.c_proj"],
    ["down_proj", "down_proj"],
  ])("names %s as a decoder does: %s", (name, own) => expect(namesOf([name])).toEqual([own]));

  test.each([
    ["that is null", null],
    ["that is empty", []],
    ["of parts outside the layers", ["lm_head", "visual", "model.vision_tower.layers.3.mlp", "embed_tokens"]],
    ["of regular expressions", ["re:.*gate"]],
  ])("says nothing by a list %s", (_, names) => expect(namesOf(names)).toBeUndefined());

  test.each([
    ["GPTQ", { quant_method: "gptq", llm_int8_skip_modules: ["model.layers.1.mlp"] }],
    ["nothing", "4bit"],
  ])("is not one that says %s", (_, quantization) =>
    expect(configSkippedRead(quantization).value).not.toHaveProperty("llm_int8_skip_modules"),
  );

  test("names a list that is none, and one that no link has room for", () => {
    const issuesOf = (names: unknown): readonly string[] =>
      configSkippedRead({ ...QUANTIZATION, llm_int8_skip_modules: names }).issues.map(
        ({ code, key }) => `${code} ${key}`,
      );
    expect(issuesOf("lm_head")).toEqual(["unknown-value llm_int8_skip_modules"]);
    const many = Array.from({ length: 60 }, (_, index) => `model.layers.${index}.mlp.part_${index}`);
    expect(issuesOf(many)).toEqual(["too-large llm_int8_skip_modules"]);
    expect(namesOf(many)).toBeUndefined();
  });
});

test("Without such a list, a quantised checkpoint is what its model is", () => {
  const row = FULL_CATALOG.models["llama-3.2-1b"];
  const { llm_int8_skip_modules: _, ...plain } = QUANTIZATION;
  const parsed = configSkippedRead(plain, { ...PHI_4, ...row?.architecture });
  expect(parsed.value).not.toHaveProperty("llm_int8_skip_modules");
});

import { describe, expect, test } from "vitest";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { parseConfigJson } from "#interop/config-json/config-json.ts";

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

const read = (quantization: unknown, config: object = PHI_4): ReturnType<typeof parseConfigJson> =>
  parseConfigJson(JSON.stringify({ ...config, quantization_config: quantization }));

const namesOf = (names: unknown): unknown =>
  read({ ...QUANTIZATION, llm_int8_skip_modules: names }).value?.llm_int8_skip_modules;

describe("A config.json of a checkpoint that bitsandbytes quantised", () => {
  test("says which modules of the layers stay in 16 bits", () => {
    const { value, issues } = read(QUANTIZATION);
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
    expect(read(quantization).value).not.toHaveProperty("llm_int8_skip_modules"),
  );

  test("names a list that is none, and one that no link has room for", () => {
    const issuesOf = (names: unknown): readonly string[] =>
      read({ ...QUANTIZATION, llm_int8_skip_modules: names }).issues.map(({ code, key }) => `${code} ${key}`);
    expect(issuesOf("lm_head")).toEqual(["unknown-value llm_int8_skip_modules"]);
    const many = Array.from({ length: 60 }, (_, index) => `model.layers.${index}.mlp.part_${index}`);
    expect(issuesOf(many)).toEqual(["too-large llm_int8_skip_modules"]);
    expect(namesOf(many)).toBeUndefined();
  });
});

test("Without such a list, a quantised checkpoint is what its model is", () => {
  const row = FULL_CATALOG.models["llama-3.2-1b"];
  const { llm_int8_skip_modules: _, ...plain } = QUANTIZATION;
  const parsed = read(plain, { ...PHI_4, ...row?.architecture });
  expect(parsed.value).not.toHaveProperty("llm_int8_skip_modules");
});

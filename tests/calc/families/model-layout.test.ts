import { ENGINE } from "#calc/whole-engine.ts";
import { describe, expect, test } from "vitest";
import { modulesOf, namesModule } from "#calc/families/model-layout.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { GPT_2, LLAMA_2_7B, QWEN3_30B_A3B } from "../architectures.ts";
import { FAMILIES } from "../workings.ts";
import { moduleTensors } from "#calc/parameters/parameter-tensors.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const namesOf = (architecture: Architecture): readonly string[] =>
  modulesOf(ENGINE.layoutOf(architecture)).map(({ module }) => module.name);

describe("a model type that we know", () => {
  test("has its own family", () => {
    expect(FAMILIES.modellingOf("gpt2")).toMatchObject({
      family: { model_types: { gpt2: { name: "GPT-2" }, gpt_bigcode: {} } },
    });
    expect(ENGINE.isKnown("gpt2")).toBe(true);
  });

  test("gets from its modelling code what its config does not say", () => {
    const bare: Architecture = { ...LLAMA_2_7B, model_type: "qwen2" };
    expect(ENGINE.countParameters(bare)).toBe(ENGINE.countParameters({ ...bare, qkv_bias: true }));
    expect(ENGINE.countParameters(bare) - ENGINE.countParameters(LLAMA_2_7B)).toBe(32 * 3 * 4096);
  });

  test("keeps what its config does say", () => {
    expect(ENGINE.countParameters({ ...LLAMA_2_7B, model_type: "qwen2", qkv_bias: false })).toBe(
      ENGINE.countParameters(LLAMA_2_7B),
    );
  });
});

test("a model type is kin to the known one that its name begins with, the longest of several", () => {
  expect(FAMILIES.findKin("gemma2_made_up")).toBe(FAMILIES.findModelType("gemma2"));
  expect(FAMILIES.findKin("gemma_made_up")).toBe(FAMILIES.findModelType("gemma"));
  expect(FAMILIES.findKin("made_up")).toBeUndefined();
});

describe("a model type that nobody knows", () => {
  test("is taken for a Llama, and said to be unknown", () => {
    expect(ENGINE.isKnown("made_up")).toBe(false);
    const modules = (architecture: Architecture): readonly unknown[] =>
      modulesOf(ENGINE.layoutOf(architecture)).map(({ module, count }) => ({ module, count }));
    expect(modules({ ...LLAMA_2_7B, model_type: "made_up" })).toEqual(modules(LLAMA_2_7B));
  });

  test("has a plain MLP where its fields say so", () => {
    expect(namesOf({ ...LLAMA_2_7B, model_type: "made_up", mlp_type: "plain" })).not.toContain("mlp.gate_proj");
  });

  test("has experts where its fields have them, and as many parameters as the code it resembles", () => {
    expect(ENGINE.countParameters({ ...QWEN3_30B_A3B, model_type: "made_up", qk_norm: "head" })).toBe(
      ENGINE.countParameters(QWEN3_30B_A3B),
    );
  });

  test("keeps its first layers dense where its fields say so", () => {
    const layers = ENGINE.layoutOf({ ...QWEN3_30B_A3B, model_type: "made_up", first_k_dense_replace: 3 }).layers;
    expect(layers.map(({ kind, count }) => [kind, count])).toEqual([
      ["dense", 3],
      ["sparse", 45],
    ]);
  });
});

test("a tied head is created and counted once", () => {
  expect(ENGINE.layoutOf(GPT_2).head).toMatchObject({ tied: true, module: { name: "lm_head", out_features: 50257 } });
  expect(ENGINE.countParameters({ ...GPT_2, tie_word_embeddings: false }) - ENGINE.countParameters(GPT_2)).toBe(
    50257 * 768,
  );
});

/** Names of Python, with points between. */
const PATH = /^\w+(?:\.\w+)+$/;

const MODELS = Object.entries(FULL_CATALOG.models);

test.each(MODELS)("%s: every parameter has a path, and sizes above 0", (_, { architecture }) => {
  const layout = FAMILIES.layoutOf(architecture);
  const tensors = [...modulesOf(layout).map(({ module }) => module), layout.head.module].flatMap(moduleTensors);
  expect(tensors.filter(({ name }) => !PATH.test(name))).toEqual([]);
  expect(tensors.filter(({ shape }) => !shape.every((size) => Number.isInteger(size) && size > 0))).toEqual([]);
});

test.each(MODELS)("%s: no two modules of a layer have the same name", (_, { architecture }) => {
  for (const { modules } of FAMILIES.layoutOf(architecture).layers) {
    const names = modules.flatMap(moduleTensors).map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  }
});

test.each([
  ["q_proj", "self_attn.q_proj", true],
  ["self_attn.q_proj", "self_attn.q_proj", true],
  ["proj", "self_attn.q_proj", false],
  ["q_proj", "self_attn.q_proj_norm", false],
  ["self_attn.q_proj", "q_proj", false],
])("%s in target_modules means %s: %s", (name, path, means) => {
  expect(namesModule(name, path)).toBe(means);
});

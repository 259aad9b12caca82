import { ENGINE } from "#calc/whole-engine.ts";
import { expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import { GPT_2, LLAMA_2_7B, QWEN3_30B_A3B, SMALL_DEEPSEEK } from "../architectures.ts";

const NEMOTRON_H: Architecture = {
  ...LLAMA_2_7B,
  model_type: "nemotron_h",
  num_hidden_layers: 3,
  hybrid_override_pattern: "M-*",
  mamba_n_heads: 8,
  mamba_d_head: 64,
  mamba_d_state: 128,
  mamba_n_groups: 8,
  mamba_d_conv: 4,
};

test("the presets of a Llama are its projections, named as in its modelling code", () => {
  expect(ENGINE.targetModules(LLAMA_2_7B, "q-v")).toEqual(["q_proj", "v_proj"]);
  expect(ENGINE.targetModules(LLAMA_2_7B, "attention")).toEqual(["q_proj", "k_proj", "v_proj", "o_proj"]);
  expect(ENGINE.targetModules(LLAMA_2_7B, "attention-mlp")).toEqual(ENGINE.linearModuleNames(LLAMA_2_7B));
  expect(ENGINE.targetModules(LLAMA_2_7B, "all-linear")).toBe("all-linear");
});

test("GPT-2 tells its two c_proj apart", () => {
  expect(ENGINE.targetModules(GPT_2, "attention")).toEqual(["c_attn", "attn.c_proj"]);
  expect(ENGINE.linearModuleNames(GPT_2)).toEqual(["c_attn", "c_proj", "c_fc"]);
});

test("latent attention has no q-v preset, and its names follow the config", () => {
  expect(ENGINE.targetModules(SMALL_DEEPSEEK, "q-v")).toBeNull();
  expect(ENGINE.targetModules(SMALL_DEEPSEEK, "attention")).toEqual([
    "q_proj",
    "kv_a_proj_with_mqa",
    "kv_b_proj",
    "o_proj",
  ]);
  expect(ENGINE.targetModules({ ...SMALL_DEEPSEEK, q_lora_rank: 24 }, "attention")).toEqual([
    "q_a_proj",
    "q_b_proj",
    "kv_a_proj_with_mqa",
    "kv_b_proj",
    "o_proj",
  ]);
});

test("there is no attention-mlp preset where the MLP is fused experts", () => {
  expect(ENGINE.targetModules(QWEN3_30B_A3B, "attention-mlp")).toBeNull();
  expect(ENGINE.targetModules(QWEN3_30B_A3B, "attention")).toEqual(["q_proj", "k_proj", "v_proj", "o_proj"]);
});

test("all-linear of a Mamba family is a list, for PEFT refuses its out_proj", () => {
  expect(ENGINE.targetModules(NEMOTRON_H, "all-linear")).toEqual([
    "in_proj",
    "up_proj",
    "down_proj",
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
  ]);
});

test.each([
  ["phi3small", ["query_key_value", "dense", "up_proj", "down_proj"]],
  ["internlm2", ["wqkv", "wo", "w1", "w3", "w2"]],
  ["mimo", ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]],
])("the matrices of %s, whose code lies beside its checkpoints, are named as there: %j", (model_type, names) => {
  const architecture = { ...LLAMA_2_7B, model_type };
  expect(ENGINE.targetModules(architecture, "attention-mlp")).toEqual(names);
  expect(new Set(ENGINE.linearModuleNames(architecture))).toEqual(new Set(names));
});

test("names that PEFT takes for experts mean nothing in a model of such a type that has only dense layers", () => {
  const { num_experts: _, ...dense } = SMALL_DEEPSEEK;
  for (const [architecture, isNamed] of [
    [SMALL_DEEPSEEK, true],
    [dense, false],
  ] as const) {
    const canTarget = ENGINE.canTarget(architecture);
    expect(canTarget("up_proj")).toBe(isNamed);
    expect(canTarget("o_proj")).toBe(true);
  }
});

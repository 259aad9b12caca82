import { expect, test } from "vitest";
import { dividedArchitecture } from "#calc/parallel/divided-architecture.ts";
import { type DivisionStyle, divisionStyles } from "#calc/parallel/division-hooks.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { FAMILIES } from "../workings.ts";

/** Embedding and head, which every plan of transformers divides. */
const ENDS = { embed_tokens: "vocabulary", lm_head: "gathered" } as const;
const MLP = { "mlp.gate_proj": "columns", "mlp.up_proj": "columns", "mlp.down_proj": "rows" } as const;
const BY_HEADS = {
  "self_attn.q_proj": "columns",
  "self_attn.k_proj": "columns",
  "self_attn.v_proj": "columns",
  "self_attn.o_proj": "rows",
} as const;
const BY_LATENT_HEADS = {
  "self_attn.kv_a_proj_with_mqa": "shared",
  "self_attn.kv_b_proj": "columns",
  "self_attn.o_proj": "rows",
} as const;
const GATHERED = {
  "self_attn.q_proj": "gathered",
  "self_attn.k_proj": "gathered",
  "self_attn.v_proj": "gathered",
  "self_attn.o_proj": "split",
} as const;

/** @see transformers 5.24, `base_model_tp_plan` in configuration_….py of each, `_tp_plan` in modeling_….py */
const PLANS: Readonly<Record<string, Readonly<Record<string, DivisionStyle>>>> = {
  "llama-3.2-1b": { ...ENDS, ...BY_HEADS, ...MLP },
  "qwen3-30b-a3b": { ...ENDS, ...BY_HEADS, "mlp.experts": "experts" },
  "deepseek-v2-lite": {
    ...ENDS,
    "self_attn.q_proj": "columns",
    ...BY_LATENT_HEADS,
    ...MLP,
    "mlp.experts": "experts",
    "mlp.shared_experts.gate_proj": "columns",
    "mlp.shared_experts.up_proj": "columns",
    "mlp.shared_experts.down_proj": "rows",
  },
  "minicpm3-4b": { ...ENDS, "self_attn.q_b_proj": "columns", ...BY_LATENT_HEADS, ...MLP },
  "olmo-2-7b": { ...ENDS, ...GATHERED, ...MLP },
  "phi-4-mini": {
    ...ENDS,
    "self_attn.qkv_proj": "gathered",
    "self_attn.o_proj": "split",
    "mlp.gate_up_proj": "gathered",
    "mlp.down_proj": "split",
  },
  "lfm2-700m": ENDS,
};

test.each(Object.entries(PLANS))("Two ranks divide these matrices of %s, each in this way", (id, styles) => {
  const architecture = FULL_CATALOG.models[id]?.architecture;
  if (architecture === undefined) throw new Error(`the catalog has ${id}`);
  const part = dividedArchitecture(FAMILIES, architecture, { tp_size: 2 });
  expect(Object.fromEntries(divisionStyles(FAMILIES, part))).toEqual(styles);
});

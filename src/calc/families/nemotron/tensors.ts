import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/** Llama's modules without a gate, with LayerNorm. @see transformers 5.24, modeling_nemotron.py */
export const layout: Layout = llamaShape({ mlp_type: "plain", norm_type: "layernorm" });

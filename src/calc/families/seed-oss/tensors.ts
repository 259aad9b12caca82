import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/** Llama's modules with biases on queries, keys and values. @see transformers 5.24, modeling_seed_oss.py */
export const layout: Layout = llamaShape({ qkv_bias: true });

import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/** LlamaMLP without the gate. @see transformers 5.24, modeling_arcee.py */
export const layout: Layout = llamaShape({ mlp_type: "plain" });

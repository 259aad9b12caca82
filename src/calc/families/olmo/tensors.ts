import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/** Llama's modules, norms without parameters. @see transformers 5.24, modeling_olmo.py */
export const layout: Layout = llamaShape({ norm_type: "none" });

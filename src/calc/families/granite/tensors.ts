import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/** Llama's modules. @see transformers 5.24, modeling_granite.py */
export const layout: Layout = llamaShape();

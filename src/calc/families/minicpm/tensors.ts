import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/** Llama's modules. @see modeling_minicpm.py, remote code of openbmb/MiniCPM-2B-sft-bf16 */
export const layout: Layout = llamaShape();

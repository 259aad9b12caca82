import type { Layout } from "#calc/families/family.ts";
import { llamaShape } from "#calc/families/llama/tensors.ts";

/**
 * Llama's modules with biases on queries, keys and values; the multi-token-prediction layer is not created for training.
 * @see modeling_mimo.py, remote code of XiaomiMiMo/MiMo-7B-Base
 */
export const layout: Layout = llamaShape({ qkv_bias: true });

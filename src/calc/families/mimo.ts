// MiMo: Llama's modules with biases on queries, keys and values, from its remote code.

import type { Layout, Family } from "./family.ts";
import { llamaForward as forward, llamaShape } from "./llama.ts";
import { LLAMA_FIELDS, NO_REFUSED, remoteCode } from "#calc/families/parts/facts.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

/**
 * Llama's modules with biases on queries, keys and values; the multi-token-prediction layer is not created for training.
 * @see modeling_mimo.py, remote code of XiaomiMiMo/MiMo-7B-Base
 */
const layout: Layout = llamaShape({ qkv_bias: true });

/** MiMo, whose layers run as Llama's. */
export const mimo: Family = {
  model_types: {
    mimo: {
      name: "Mimo",
      forward,
      ...remoteCode("mimo"),
      config: { fields: { ...LLAMA_FIELDS, qkv_bias: true }, biasOfQkv: true },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};

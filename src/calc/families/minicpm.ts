// MiniCPM, the first: Granite's multipliers on Llama's modules, from its remote code.

import { graniteForward } from "./granite.ts";
import { decoderModel } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { scale } from "#calc/tape/ops/unary.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, remoteCode } from "#calc/families/parts/facts.ts";
import { llamaShape } from "./llama.ts";
import { LLAMA_TARGETS } from "#calc/families/parts/tensors.ts";

const base = decoderModel({ norm: layerNorm });

/** MiniCPM: embeddings, branches and the head's input times a number. Held against no run. @see modeling_minicpm.py of openbmb/MiniCPM-2B-sft-bf16 */
const minicpmForward: Forward = {
  ...graniteForward,
  logits: (model, hidden_states) => base.logits(model, scale(hidden_states)),
};

/** Llama's modules. @see modeling_minicpm.py, remote code of openbmb/MiniCPM-2B-sft-bf16 */
const layout: Layout = llamaShape();

/** MiniCPM, the first. */
export const minicpm: Family = {
  model_types: {
    minicpm: {
      name: "Minicpm",
      forward: minicpmForward,
      ...remoteCode("minicpm"),
      config: { fields: LLAMA_FIELDS, tied: true },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};

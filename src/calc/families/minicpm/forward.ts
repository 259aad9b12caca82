import { granite } from "#calc/families/granite/forward.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { scale } from "#calc/tape/ops/unary.ts";

const base = decoderModel({ norm: layerNorm });

/** MiniCPM: embeddings, branches and the head's input times a number. Held against no run. @see modeling_minicpm.py of openbmb/MiniCPM-2B-sft-bf16 */
export const minicpm: Forward = {
  ...granite,
  logits: (model, hidden_states) => base.logits(model, scale(hidden_states)),
};

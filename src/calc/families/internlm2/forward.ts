import { fusedAttention } from "#calc/families/phi3/forward.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlpOf } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

const feedForward = gatedMlpOf("w1", "w3", "w2");

/** InternLM2: Llama with one projection for q, k and v, under Meta's names. Held against no run. @see modeling_internlm2.py of internlm/internlm2-7b */
export const internlm2: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  embed: (model, input_ids) => embedTokens(model, input_ids, "tok_embeddings"),
  layer: preNormLayer({
    norm: rmsNorm,
    names: ["attention_norm", "ffn_norm"],
    attend: fusedAttention({ path: "attention", qkv: "wqkv", output: "wo" }, applyRotary),
    mlp: (layer, _, x) => feedForward(layer, "feed_forward", x),
  }),
};

// InternLM2: Llama with queries, keys and values in one projection, under Meta's names.

import { fusedAttention } from "./phi3.ts";
import { decoderModel, embedTokens, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlpOf } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import type { Layout, Family } from "./family.ts";
import { LLAMA_FIELDS, NO_REFUSED, remoteCode } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  rmsNormTensors,
  widths,
  fusedTargets,
} from "#calc/families/parts/tensors.ts";

const feedForward = gatedMlpOf("w1", "w3", "w2");

/** InternLM2: Llama with one projection for q, k and v, under Meta's names. Held against no run. @see modeling_internlm2.py of internlm/internlm2-7b */
const internlm2Forward: Forward = {
  ...decoderModel({ norm: rmsNorm }),
  embed: (model, input_ids) => embedTokens(model, input_ids, "tok_embeddings"),
  layer: preNormLayer({
    norm: rmsNorm,
    names: ["attention_norm", "ffn_norm"],
    attend: fusedAttention({ path: "attention", qkv: "wqkv", output: "wo" }, applyRotary),
    mlp: (layer, _, x) => feedForward(layer, "feed_forward", x),
  }),
};

/** InternLM2: Llama's shape with q, k, v in `wqkv` and Meta's names. @see modeling_internlm2.py, remote code of internlm/internlm2-7b */
const layout: Layout = (a) => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLmLayout(a, {
    embeddings: [embeddingTensors("tok_embeddings", a.vocab_size, hidden)],
    layers: uniformLayers(a, [
      ...linears("attention", { wqkv: [hidden, query + 2 * keyValue], wo: [query, hidden] }),
      ...linears("feed_forward", {
        w1: [hidden, intermediate],
        w3: [hidden, intermediate],
        w2: [intermediate, hidden],
      }),
      rmsNormTensors("attention_norm", hidden),
      rmsNormTensors("ffn_norm", hidden),
    ]),
    head: "output",
  });
};

/** InternLM2. */
export const internlm2: Family = {
  model_types: {
    internlm2: {
      name: "InternLM 2",
      forward: internlm2Forward,
      ...remoteCode("internlm2"),
      config: { fields: LLAMA_FIELDS, rule: (written) => (written("bias") === true ? { attention_bias: true } : {}) },
    },
  },
  layout,
  targets: fusedTargets({ qkv: "wqkv", output: "wo" }, ["w1", "w3", "w2"]),
  refused: NO_REFUSED,
};

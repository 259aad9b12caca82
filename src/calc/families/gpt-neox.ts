// GPT-NeoX and Pythia, and the blocks that BLOOM and Falcon share with them.

import { inHeads, type NamedHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryNeoX } from "#calc/modules/rotary.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { chunk } from "#calc/tape/ops/views.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { decoderModel, embedTokens, partOfHead } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext, projectedAttention } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { GPT_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  layerNormTensors,
  fusedTargets,
  widths,
} from "#calc/families/parts/tensors.ts";

/** `GPTNeoXAttention.forward`: heads of q, k and v side by side in one projection. */
const selfAttention = projectedAttention({
  path: "attention",
  project: (layer, x) => {
    const qkv = linear(layer, "attention.query_key_value", x);
    return bindAll(chunk(bind(inHeads(qkv, 3 * layer.architecture.head_dim)), 3)) as NamedHeads;
  },
  rotary: applyRotaryNeoX,
  output: (layer, attn_output) => linear(layer, "attention.dense", attn_output),
});

const mlp = plainMlp("dense_h_to_4h", "dense_4h_to_h");

/** GPT-NeoX, Pythia: attention and MLP side by side, each with a norm of its own. @see transformers 5.24, modeling_gpt_neox.py */
const gptNeoX: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.25), finalNorm: "final_layer_norm" }),
  embed: (model, input_ids) => embedTokens(model, input_ids, "embed_in"),
  layer: (layer, context, hidden_states) => {
    const [attn_output] = bindAll(
      selfAttention(layer, layerContext(context), layerNorm(layer, "input_layernorm", hidden_states)),
    );
    const mlp_output = bind(mlp(layer, "mlp", layerNorm(layer, "post_attention_layernorm", hidden_states)));
    return add(add(mlp_output, attn_output), hidden_states);
  },
};

/** The two blocks that GPT-NeoX, BLOOM and Falcon share: fused q, k, v and a plain MLP. */
export const neoxBlocks = (a: Architecture, attention: string, bias: boolean): readonly Module[] => {
  const { hidden, query, keyValue, intermediate } = widths(a);
  return [
    ...linears(attention, {
      query_key_value: [hidden, query + 2 * keyValue, bias],
      dense: [query, hidden, bias],
    }),
    ...linears("mlp", {
      dense_h_to_4h: [hidden, intermediate, bias],
      dense_4h_to_h: [intermediate, hidden, bias],
    }),
  ];
};

/** Presets of the three. */
export const NEOX_TARGETS = fusedTargets({ qkv: "query_key_value", output: "dense" }, [
  "dense_h_to_4h",
  "dense_4h_to_h",
]);

/** GPT-NeoX and Pythia. @see transformers 5.24, modeling_gpt_neox.py */
const layout: Layout = (a) =>
  causalLmLayout(a, {
    embeddings: [embeddingTensors("embed_in", a.vocab_size, a.hidden_size)],
    layers: uniformLayers(a, [
      layerNormTensors("input_layernorm", a.hidden_size),
      layerNormTensors("post_attention_layernorm", a.hidden_size),
      ...neoxBlocks(a, "attention", true),
    ]),
    final: [layerNormTensors("final_layer_norm", a.hidden_size)],
  });

/** GPT-NeoX and Pythia. */
export const gptNeox: Family = {
  model_types: {
    gpt_neox: {
      name: "GPT-NeoX",
      forward: gptNeoX,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...GPT_FIELDS, hidden_act: "gelu" } },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: NEOX_TARGETS,
  refused: NO_REFUSED,
};

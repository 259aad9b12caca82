// Phi-3-small: gegelu in a doubled projection, counted with full attention in all layers.

import { graniteForward } from "./granite.ts";
import { fusedAttention } from "./phi3.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { ModuleOf } from "#calc/families/parts/attention.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { linear } from "#calc/modules/linear.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { dropout, addNumber, scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { slice } from "#calc/tape/ops/views.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { lastDim, withLast } from "#calc/tape/ledger/shape.ts";
import type { Layout, Family } from "./family.ts";
import { GPT_FIELDS, NO_REFUSED, remoteCode } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  linears,
  layerNormTensors,
  widths,
  fusedTargets,
} from "#calc/families/parts/tensors.ts";

const base = decoderModel({ norm: layerNorm });

/** `ffn_dropout_prob` */
const DROPOUT = 0.1;

/** `Phi3SmallMLP`: gate and up alternate in one projection. The clamps of `gegelu` are fused into it and allocate nothing. */
const mlp: ModuleOf = (layer, name, x) =>
  call(
    name,
    (input) => {
      const both = bind(linear(layer, `${name}.up_proj`, input));
      const half = withLast(both.shape, Number(lastDim(both.shape)) / 2);
      const [gate, up] = [bind(slice(both, half)), bind(slice(both, half))];
      const gated = mul(mul(gate, sigmoid(scale(gate))), addNumber(up));
      return dropout(linear(layer, `${name}.down_proj`, gated), DROPOUT);
    },
    x,
  );

/**
 * Phi-3-small, as if all layers had full attention. Embeddings and logits are multiplied by numbers, as in Granite. Held against no run.
 *
 * @see modeling_phi3_small.py of microsoft/Phi-3-small-8k-instruct
 */
const phi3smallForward: Forward = {
  ...graniteForward,
  finalNorm: base.finalNorm,
  layer: preNormLayer({
    norm: layerNorm,
    attend: fusedAttention({ path: "self_attn", qkv: "query_key_value", output: "dense" }, applyRotary),
    mlp,
  }),
};

/** Phi-3-small: biases everywhere, gegelu in a doubled `up_proj`. @see modeling_phi3_small.py, remote code of microsoft/Phi-3-small-8k-instruct */
const layout: Layout = (architecture) => {
  const a = { norm_type: "layernorm", ...architecture } as const;
  const { hidden, query, keyValue, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...linears("self_attn", {
        query_key_value: [hidden, query + 2 * keyValue, true],
        dense: [query, hidden, true],
      }),
      ...linears("mlp", {
        up_proj: [hidden, 2 * intermediate, true],
        down_proj: [intermediate, hidden, true],
      }),
      layerNormTensors("input_layernorm", hidden),
      layerNormTensors("post_attention_layernorm", hidden),
    ]),
  });
};

/** Phi-3-small. */
export const phi3small: Family = {
  model_types: {
    phi3small: {
      name: "Phi 3small",
      forward: phi3smallForward,
      ...remoteCode("phi3small"),
      config: { fields: { ...GPT_FIELDS, hidden_act: "gegelu", mlp_type: "gated" }, tied: true },
    },
  },
  layout,
  targets: fusedTargets({ qkv: "query_key_value", output: "dense" }, ["up_proj", "down_proj"]),
  refused: NO_REFUSED,
};

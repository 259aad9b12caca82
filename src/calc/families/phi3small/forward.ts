import { granite } from "#calc/families/granite/forward.ts";
import { fusedAttention } from "#calc/families/phi3/forward.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { preNormLayer } from "#calc/families/parts/forward/pre-norm-layer.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { linear } from "#calc/modules/linear.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { dropout } from "#calc/tape/ops/dropout.ts";
import { addNumber, scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { slice } from "#calc/tape/ops/view.ts";
import { bind, call } from "#calc/tape/scope.ts";
import { lastDim, withLast } from "#calc/tape/ledger/shape.ts";

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
export const phi3small: Forward = {
  ...granite,
  finalNorm: base.finalNorm,
  layer: preNormLayer({
    norm: layerNorm,
    attend: fusedAttention({ path: "self_attn", qkv: "query_key_value", output: "dense" }, applyRotary),
    mlp,
  }),
};

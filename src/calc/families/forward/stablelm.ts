import { gatedMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryInPlace } from "#calc/modules/rotary.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import { layerContext } from "./layer-context.ts";
import { selfAttention } from "./self-attention.ts";

const attend = selfAttention({ norm: layerNorm, rotary: applyRotaryInPlace });

/** StableLM: layer norms, a quarter of each head rotated; every name of the layer stays to its end. @see transformers 5.24, modeling_stablelm.py */
export const stablelm: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.25) }),
  layer: (layer, context, hidden_states) => {
    const normed = bind(layerNorm(layer, "input_layernorm", hidden_states));
    const [self_attn_output] = bindAll(attend(layer, layerContext(context), normed));
    const residual = bind(add(hidden_states, self_attn_output));
    const mlp_output = bind(gatedMlp(layer, "mlp", layerNorm(layer, "post_attention_layernorm", residual)));
    return add(residual, mlp_output);
  },
};

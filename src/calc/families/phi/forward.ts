import { layerNorm } from "#calc/modules/norms.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { applyRotaryInPlace } from "#calc/modules/rotary-kinds.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { type Attend, selfAttention } from "#calc/families/parts/forward/self-attention.ts";

/** Attention and MLP side by side on one norm. */
export const oneNormLayer =
  (name: string, attend: Attend, mlp: ModuleOf): Forward["layer"] =>
  (layer, context, residual) => {
    const hidden_states = bind(layerNorm(layer, name, residual));
    const [attn_outputs] = bindAll(attend(layer, layerContext(context), hidden_states));
    const feed_forward = bind(mlp(layer, "mlp", hidden_states));
    return add(add(attn_outputs, feed_forward), residual);
  };

/** Phi 1.5 and 2: half of each head rotated, or the fraction that the config says. @see transformers 5.24, modeling_phi.py */
export const phi: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.5), finalNorm: "final_layernorm" }),
  layer: oneNormLayer(
    "input_layernorm",
    selfAttention({ norm: layerNorm, rotary: applyRotaryInPlace, output: "dense" }),
    plainMlp("fc1", "fc2"),
  ),
};

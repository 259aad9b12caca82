import { layerNorm } from "#calc/modules/norms.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { applyRotaryInPlace } from "#calc/modules/rotary.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import { layerContext } from "./layer-context.ts";
import { selfAttention } from "./self-attention.ts";

const attend = selfAttention({ norm: layerNorm, rotary: applyRotaryInPlace, output: "dense" });
const mlp = plainMlp("fc1", "fc2");

/** Phi 1.5 and 2: attention and MLP side by side on one norm, half of each head rotated. @see transformers 5.24, modeling_phi.py */
export const phi: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.5), finalNorm: "final_layernorm" }),
  layer: (layer, context, residual) => {
    const hidden_states = bind(layerNorm(layer, "input_layernorm", residual));
    const [attn_outputs] = bindAll(attend(layer, layerContext(context), hidden_states));
    const feed_forward = bind(mlp(layer, "mlp", hidden_states));
    return add(add(attn_outputs, feed_forward), residual);
  },
};

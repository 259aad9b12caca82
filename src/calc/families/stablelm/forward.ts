import { gatedMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryInPlace } from "#calc/modules/rotary-kinds.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { catAll } from "#calc/tape/ops/cat.ts";
import { split } from "#calc/tape/ops/view.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll, call } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { ModuleOf } from "#calc/families/parts/forward/module-of.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";
import { selfAttention } from "#calc/families/parts/forward/self-attention.ts";

/** `StableLmLayerNormPerHead` (the 12B): a norm for each head, then the heads are concatenated. */
const normPerHead: ModuleOf = (layer, name, x) =>
  call(
    name,
    (states) => {
      const [rows = 1, heads = 1, s = 1, width = 1] = states.shape.dims;
      const one = shapeOf(rows, 1, s, width);
      const parts = bindAll(
        split(
          states,
          Array.from({ length: Number(heads) }, () => one),
        ),
      );
      const normed = parts.map((part, head) => layerNorm(layer, `${name}.norms.${head}`, part));
      return catAll(normed as [Tensor, ...Tensor[]], states.shape);
    },
    x,
  );

const attend = selfAttention({
  norm: normPerHead,
  norms: ["q_layernorm", "k_layernorm"],
  rotary: applyRotaryInPlace,
  normAt: "heads first",
});

/**
 * StableLM: LayerNorm, a quarter of each head rotated. The layer never reuses a name, so its tensors live until it returns.
 *
 * @see transformers 5.24, modeling_stablelm.py
 */
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

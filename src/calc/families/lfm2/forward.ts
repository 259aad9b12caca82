import { causalConv1d } from "#calc/modules/causal-conv1d.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlpOf } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { withoutPadding } from "#calc/modules/without-padding.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { contiguous, split, transpose } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";
import { selfAttention } from "#calc/families/parts/forward/self-attention.ts";

/** `Lfm2ShortConv.forward`, without the package causal_conv1d. */
const shortConv = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "conv",
    (input) => {
      const { hidden_size } = layer.architecture;
      const third = shapeOf("b", hidden_size, "s");
      let hidden_states = bind(withoutPadding(layer, input));
      const BCx = bind(transpose(linear(layer, "conv.in_proj", hidden_states), shapeOf("b", 3 * hidden_size, "s")));
      const [B, C, states] = bindAll(split(BCx, [third, third, third])) as readonly [Tensor, Tensor, Tensor];
      hidden_states = rebind(hidden_states, mul(B, states));
      hidden_states = rebind(hidden_states, causalConv1d(layer, "conv.conv", { x: hidden_states }));
      let y = bind(mul(C, hidden_states));
      y = rebind(y, contiguous(transpose(y, input.shape)));
      return rebind(y, linear(layer, "conv.out_proj", y));
    },
    x,
  );

const attend = selfAttention({
  norm: rmsNorm,
  rotary: applyRotary,
  norms: ["q_layernorm", "k_layernorm"],
  output: "out_proj",
});
const mlp = gatedMlpOf("w1", "w3", "w2");

const isConv = ({ linears }: Loaded): boolean => linears.has("conv.in_proj");

/** LFM2: short convolutions, attention in some layers. @see transformers 5.24, modeling_lfm2.py */
export const lfm2: Forward = {
  ...decoderModel({ norm: rmsNorm, finalNorm: "embedding_norm" }),
  choose: (layer, context) => (isConv(layer) ? context.slice(0, 2) : context),
  layer: (layer, context, residual) => {
    const normed = rmsNorm(layer, "operator_norm", residual);
    let [hidden_states] = isConv(layer)
      ? bindAll([shortConv(layer, normed)])
      : bindAll(attend(layer, layerContext(context), normed));
    hidden_states = rebind(hidden_states as Tensor, add(hidden_states as Tensor, residual));
    return add(hidden_states, mlp(layer, "feed_forward", rmsNorm(layer, "ffn_norm", hidden_states)));
  },
};

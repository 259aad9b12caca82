// LFM2: short causal convolutions, with attention in some layers.

import type { ConfigRule, Architecture } from "#calc/model/architecture.ts";
import { causalConv1d, maskPadding } from "#calc/modules/causal-conv1d.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { gatedMlpOf } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/norms.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { contiguous, split, transpose } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext, selfAttention } from "#calc/families/parts/attention.ts";
import type { Layout, Family } from "./family.ts";
import type { Module } from "#calc/model/layout.ts";
import {
  LLAMA_FIELDS,
  STATE_OF_TOKENS,
  NO_RING,
  NO_REFUSED,
  VOCABULARY_ONLY,
  TRANSFORMERS_ONLY,
  WITHOUT_KERNELS,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  layerKinds,
  layersOfKinds,
  linears,
  rmsNormTensors,
  parameters,
  selfAttentionTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** The MLP is two thirds of `block_ff_dim`, rounded up. @see transformers 5.24, modeling_lfm2.py, `Lfm2MLP` */
const configRule: ConfigRule = (written, { intermediate_size: width }) => {
  if (width === undefined || written("block_auto_adjust_ff_dim") === false) return {};
  const multiple = Number(written("block_multiple_of") ?? 256);
  const scaled = Math.trunc(Math.trunc((2 * width) / 3) * Number(written("block_ffn_dim_multiplier") ?? 1));
  const rounded = multiple * Math.ceil(scaled / multiple);
  return Number.isSafeInteger(rounded) && rounded > 0 ? { intermediate_size: rounded } : {};
};

/** `Lfm2ShortConv.forward`, without the package causal_conv1d. */
const shortConv = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "conv",
    (input) => {
      const { hidden_size } = layer.architecture;
      const third = shapeOf("b", hidden_size, "s");
      let hidden_states = bind(maskPadding(layer, input));
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
const lfm2Forward: Forward = {
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

type Kind = "conv" | "full_attention";

/** `Lfm2ShortConv`: gates from one projection, a short causal convolution a channel. */
const shortConvolution = ({ hidden_size: hidden, conv_L_cache: kernel = 3 }: Architecture): readonly Module[] => [
  parameters("conv.conv", { weight: [hidden, 1, kernel] }),
  ...linears("conv", { in_proj: [hidden, 3 * hidden], out_proj: [hidden, hidden] }),
];

const attention = (a: Architecture): readonly Module[] => [
  ...selfAttentionTensors({ ...a, qk_norm: false }, { output: "out_proj" }),
  rmsNormTensors("self_attn.q_layernorm", a.head_dim),
  rmsNormTensors("self_attn.k_layernorm", a.head_dim),
];

const layer = (a: Architecture, kind: Kind): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...(kind === "conv" ? shortConvolution(a) : attention(a)),
    ...linears("feed_forward", {
      w1: [hidden, intermediate],
      w3: [hidden, intermediate],
      w2: [intermediate, hidden],
    }),
    rmsNormTensors("operator_norm", hidden),
    rmsNormTensors("ffn_norm", hidden),
  ];
};

/**
 * LFM2: short convolutions, attention in some layers. `out_proj` exists in both, so the presets say which.
 * @see transformers 5.24, modeling_lfm2.py
 */
const layout: Layout = (a) => {
  const mixers = a.layer_kinds ?? a.layer_types ?? [];
  const kinds = layerKinds(a, (index): Kind => (mixers[index]?.includes("conv") ? "conv" : "full_attention"));
  return causalLmLayout(a, {
    layers: layersOfKinds(kinds, (kind) => layer(a, kind)),
    final: [rmsNormTensors("embedding_norm", a.hidden_size)],
  });
};

/** LFM2. */
export const lfm2: Family = {
  model_types: {
    lfm2: {
      name: "Lfm 2",
      forward: lfm2Forward,
      tensorParallel: VOCABULARY_ONLY,
      contextParallel: NO_RING,
      ulysses: STATE_OF_TOKENS,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { ...LLAMA_FIELDS, qk_norm: "head", conv_L_cache: 3 },
        tied: true,
        kindsCount: true,
        rule: configRule,
      },
      heldAgainst: { runs: ["step", "tensor parallel"] },
      approximation: WITHOUT_KERNELS,
    },
  },
  layout,
  targets: targets("self_attn.out_proj", ["w1", "w3", "w2"]),
  refused: NO_REFUSED,
};

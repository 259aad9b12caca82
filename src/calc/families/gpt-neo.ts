// GPT-Neo: learned positions, fp32 scores, a causal mask as a buffer in every layer.

import type { Heads, Tensor } from "#calc/tape/tape.ts";
import { attention, causalMask } from "#calc/modules/attention.ts";
import { type Attended, sequenceFirst, inHeads } from "#calc/modules/heads.ts";
import { cachedHeads, maskForKeys } from "#calc/modules/kv-cache.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { matmul, transposeMatrices } from "#calc/tape/ops/products.ts";
import { softmax } from "#calc/tape/ops/unary.ts";
import { to, reshape } from "#calc/tape/ops/views.ts";
import { where } from "#calc/tape/ops/selection.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gpt2Forward, gpt2Layer, withPositions } from "./gpt2.ts";
import type { Layout, Family } from "./family.ts";
import {
  learnedPositions,
  NO_PLAN,
  OWN_ATTENTION,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  layerNormTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** `GPTNeoSelfAttention._attn`: fp32 scores, masked by the layer's own buffer and by the model's mask. */
const attn = (layer: Loaded, heads: Heads, mask: Tensor): Attended =>
  scoped(mask.tape, (): Attended => {
    const { query, key, value } = heads;
    const [q, k] = [bind(to(query, "fp32")), bind(to(key, "fp32"))];
    let attn_weights = bind(matmul(q, transposeMatrices(k)));
    const { dtype } = attn_weights;
    const mask_value = bind(withoutGraph({ name: "tensor", shape: shapeOf(1), dtype }, attn_weights));
    attn_weights = rebind(attn_weights, where(layer.buffers[0] as Tensor, attn_weights, mask_value));
    attn_weights = rebind(attn_weights, add(attn_weights, maskForKeys(heads, mask)));
    attn_weights = rebind(attn_weights, softmax(attn_weights));
    attn_weights = rebind(attn_weights, to(attn_weights, value.dtype));
    return [matmul(attn_weights, value), attn_weights];
  });

/** `GPTNeoSelfAttention.forward` */
const selfAttention = (layer: Loaded, mask: Tensor | null, x: Tensor): Attended =>
  call(
    "attn.attention",
    (hidden_states): Attended => {
      const { head_dim, hidden_size } = layer.architecture;
      const [query, key, value] = ["q_proj", "k_proj", "v_proj"].map((name) =>
        bind(inHeads(linear(layer, `attn.attention.${name}`, hidden_states), head_dim)),
      ) as [Tensor, Tensor, Tensor];
      const heads = { query, key, value };
      let [attn_output, attn_weights] = bindAll(
        mask === null ? attention(layer.options, heads, { mask }) : attn(layer, cachedHeads(heads), mask),
      );
      if (mask !== null)
        attn_output = rebind(attn_output, reshape(sequenceFirst(attn_output), shapeOf("b", "s", hidden_size)));
      return [linear(layer, "attn.attention.out_proj", attn_output), attn_weights];
    },
    x,
  );

const mlp = plainMlp("c_fc", "c_proj");

/** GPT-Neo: only flash or eager attention; every layer has a causal mask as a buffer. @see transformers 5.24, modeling_gpt_neo.py */
const gptNeoForward: Forward = {
  ...gpt2Forward,
  keepsPositions: true,
  layerBuffers: ({ architecture: a }) => [{ elements: a.max_position_embeddings ** 2, dtype: "bool" }],
  enter: withPositions(0),
  context: ({ options }, inputs_embeds) =>
    options.attn_implementation === "flash"
      ? []
      : causalMask({ ...options, attn_implementation: "eager" }, inputs_embeds),
  layer: gpt2Layer(selfAttention, (layer, x) => mlp(layer, "mlp", x)),
};

/** GPT-Neo: separate projections without bias but the last, learned positions. @see transformers 5.24, modeling_gpt_neo.py */
const layout: Layout = (a) => {
  const { hidden, query, intermediate } = widths(a);
  return causalLmLayout(a, {
    embeddings: [
      embeddingTensors("wte", a.vocab_size, hidden),
      embeddingTensors("wpe", a.learned_positions ?? a.max_position_embeddings, hidden),
    ],
    layers: uniformLayers(a, [
      layerNormTensors("ln_1", hidden),
      ...linears("attn.attention", {
        k_proj: [hidden, query],
        v_proj: [hidden, query],
        q_proj: [hidden, query],
        out_proj: [query, hidden, true],
      }),
      layerNormTensors("ln_2", hidden),
      ...linears("mlp", { c_fc: [hidden, intermediate, true], c_proj: [intermediate, hidden, true] }),
    ]),
    final: [layerNormTensors("ln_f", hidden)],
  });
};

/** GPT-Neo. */
export const gptNeo: Family = {
  model_types: {
    gpt_neo: {
      name: "GPT-Neo",
      forward: gptNeoForward,
      withoutSdpa: "Its attention is written out.",
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: OWN_ATTENTION,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: {
          hidden_act: "gelu_new",
          mlp_type: "plain",
          norm_type: "layernorm",
          norms_per_layer: 2,
          attention_out_bias: true,
          mlp_bias: true,
        },
        tied: true,
        fourfoldMlp: true,
        rule: learnedPositions(0),
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("out_proj", ["c_fc", "c_proj"]),
  refused: NO_REFUSED,
};

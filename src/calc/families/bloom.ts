// BLOOM: eager attention with ALiBi, and a norm after the embedding.

import { withMarks } from "#calc/tape/recorder.ts";
import { consume, drop } from "#calc/tape/tensor.ts";
import { arrivedGradient, attach, emptyLike, save, startNode, withoutGraph } from "#calc/tape/operation.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { causalMask } from "#calc/modules/attention.ts";
import { type Attended, headsFirst, sequenceFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { foldProduct } from "#calc/tape/ops/tuner-products.ts";
import { asBatch, matmul, transposeMatrices } from "#calc/tape/ops/products.ts";
import { softmax } from "#calc/tape/ops/unary.ts";
import { to, reshape, slice } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import { embedTokens } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gpt2Forward } from "./gpt2.ts";
import type { Layout, Family } from "./family.ts";
import {
  GPT_FIELDS,
  NO_PLAN,
  OWN_ATTENTION,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import { neoxBlocks, NEOX_TARGETS } from "./gpt-neox.ts";
import { causalLmLayout, embeddingTensors, uniformLayers, layerNormTensors } from "#calc/families/parts/tensors.ts";

const scratch = (x: Tensor, count: number): void => Array.from({ length: count }, () => emptyLike(x)).forEach(drop);

/** `BloomGelu`: a custom autograd function that saves its input; four of its temporaries are alive at once in forward, five in backward. */
const bloomGelu = (x: Tensor): Tensor => {
  const node = startNode("GeLUFunction", [x], (gradients) => {
    scratch(arrivedGradient(gradients), 5);
    return [emptyLike(arrivedGradient(gradients))];
  });
  const output = withMarks(x.tape.recorder, { op: "GeLUFunction" }, () => {
    scratch(x, 4);
    return attach(emptyLike(x), node);
  });
  if (node !== null) save(node, x);
  consume(x);
  return output;
};

/** `alibi.baddbmm(query, key)`; autocast casts the last argument first. */
const scores = (alibi: Tensor, query: Tensor, key: Tensor): Tensor =>
  scoped(alibi.tape, () => {
    const [k, q, base] = [key, query, alibi].map((tensor) => bind(castForMatmul(tensor))) as [Tensor, Tensor, Tensor];
    return foldProduct(base, [q, k], withLast(q.shape, "s"));
  });

/** `BloomAttention.forward`, which adds the residual itself. */
const selfAttention = (
  layer: Loaded,
  [alibi, mask]: readonly Tensor[],
  ...inputs: readonly [Tensor, Tensor]
): Attended =>
  call(
    "self_attention",
    (hidden_states, residual): Attended => {
      const { head_dim, hidden_size } = layer.architecture;
      const fused_qkv = bind(splitHeads(linear(layer, "self_attention.query_key_value", hidden_states), 3 * head_dim));
      const [query, key, value] = [0, 1, 2]
        .map(() => bind(headsFirst(slice(fused_qkv, withLast(fused_qkv.shape, head_dim)))))
        .map(asBatch) as [Tensor, Tensor, Tensor];
      const attention_scores = bind(scores(alibi as Tensor, query, transposeMatrices(key)));
      const attn_weights = bind(add(attention_scores, mask as Tensor));
      const attention_probs = bind(to(softmax(to(attn_weights, "fp32")), query.dtype));
      const context = sequenceFirst(matmul(attention_probs, value));
      const context_layer = bind(reshape(context, shapeOf("b", "s", hidden_size)));
      const output_tensor = bind(linear(layer, "self_attention.dense", context_layer));
      return [add(residual, output_tensor), attention_probs];
    },
    ...inputs,
  );

/** `BloomMLP.forward`, which adds the residual itself. */
const mlp = (layer: Loaded, ...inputs: readonly [Tensor, Tensor]): Tensor =>
  call(
    "mlp",
    (x, residual) => {
      const hidden_states = bind(call("gelu_impl", bloomGelu, linear(layer, "mlp.dense_h_to_4h", x)));
      const intermediate_output = bind(linear(layer, "mlp.dense_4h_to_h", hidden_states));
      return add(residual, intermediate_output);
    },
    ...inputs,
  );

/** BLOOM: eager attention only, ALiBi instead of positions. @see transformers 5.24, modeling_bloom.py */
const bloomForward: Forward = {
  ...gpt2Forward,
  keepsPositions: true,
  embed: (model, input_ids) => embedTokens(model, input_ids, "word_embeddings"),
  positions: (_, input_ids) => input_ids,
  enter: (model, inputs_embeds) => layerNorm(model.embeddings, "word_embeddings_layernorm", inputs_embeds),
  context: ({ options, tape }, inputs_embeds) => {
    const heads = options.architecture.num_attention_heads;
    const make = (name: string, shape: Tensor["shape"]): Tensor =>
      withoutGraph({ name, shape, dtype: "fp32" }, inputs_embeds);
    // With the batch's mask it is `build_alibi_tensor` that holds them, and returns.
    if (options.padding === undefined) bind(make("slopes", shapeOf(heads)));
    const alibi = to(
      make("alibi", shapeOf("b", heads, "s")),
      tape.autocast.element === null ? inputs_embeds.dtype : "fp32",
    );
    return [bind(alibi), ...causalMask({ ...options, attn_implementation: "eager" }, inputs_embeds)];
  },
  layer: (layer, context, hidden_states): Attended => {
    const normed = bind(layerNorm(layer, "input_layernorm", hidden_states));
    const [attention_output, attn_weights] = bindAll(selfAttention(layer, context, normed, hidden_states));
    const layernorm_output = rebind(normed, layerNorm(layer, "post_attention_layernorm", attention_output));
    return [mlp(layer, layernorm_output, attention_output), attn_weights];
  },
};

/** BLOOM: ALiBi instead of positions, and a norm right after the embedding. @see transformers 5.24, modeling_bloom.py */
const layout: Layout = (a) =>
  causalLmLayout(a, {
    embeddings: [
      embeddingTensors("word_embeddings", a.vocab_size, a.hidden_size),
      layerNormTensors("word_embeddings_layernorm", a.hidden_size),
    ],
    layers: uniformLayers(a, [
      layerNormTensors("input_layernorm", a.hidden_size),
      layerNormTensors("post_attention_layernorm", a.hidden_size),
      ...neoxBlocks(a, "self_attention", true),
    ]),
    final: [layerNormTensors("ln_f", a.hidden_size)],
  });

/** BLOOM. */
export const bloom: Family = {
  model_types: {
    bloom: {
      name: "BLOOM",
      forward: bloomForward,
      withoutSdpa: "Its attention is written out, with ALiBi.",
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: OWN_ATTENTION,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { ...GPT_FIELDS, hidden_act: "gelu", embedding_norm: true, max_position_embeddings: 2048 },
        tied: true,
        fourfoldMlp: true,
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: NEOX_TARGETS,
  refused: NO_REFUSED,
};

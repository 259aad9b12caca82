// Falcon 7B, 40B and 180B: attention and MLP in parallel, fused queries, keys and values.

import type { ConfigRule } from "#calc/model/architecture.ts";
import {
  multiQuery,
  NO_PLAN,
  OWN_ATTENTION,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import type { Heads, Tensor } from "#calc/tape/tape.ts";
import { type Attended, headsFirst, sequenceFirst, splitHeads } from "#calc/modules/heads.ts";
import { cachedHeads, maskForKeys } from "#calc/modules/kv-cache.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { type Loaded, linearOf } from "#calc/modules/loaded-modules.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { scaledDotProduct, maskedDotProduct } from "#calc/modules/attention.ts";
import { bestKernelOf } from "#calc/model/scenario-traits.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { add, scaleInPlace, addInPlace } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { gather } from "#calc/tape/ops/indexing.ts";
import { matmul, transposeMatrices } from "#calc/tape/ops/products.ts";
import { softmax, clone } from "#calc/tape/ops/unary.ts";
import { to, expand, reshape, slice, view } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { layerContext } from "#calc/families/parts/attention.ts";
import { activation } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { Layout, Family } from "./family.ts";
import { neoxBlocks, NEOX_TARGETS } from "./gpt-neox.ts";
import { causalLmLayout, embeddingTensors, uniformLayers, layerNormTensors } from "#calc/families/parts/tensors.ts";

/** @see transformers 5.24, configuration_falcon.py, modeling_falcon.py, `FalconAttention`, `FalconDecoderLayer` */
const configRule: ConfigRule = (written, counts) => {
  const isNew = written("new_decoder_architecture") === true;
  const norms = isNew ? (written("num_ln_in_parallel_attn") ?? 2) : written("parallel_attn") === false ? 2 : 1;
  return {
    num_key_value_heads: isNew
      ? (counts.num_key_value_heads ?? counts.num_attention_heads ?? 0)
      : multiQuery(written, counts),
    norms_per_layer: norms === 1 ? 1 : 2,
  };
};

/** `FalconLinear`: `input @ self.weight.T`. The weight is a view, and autocast keeps casts of leaves only. */
const falconLinear = (layer: Loaded, name: string, x: Tensor): Tensor => {
  const module = linearOf(layer, name);
  const { weight } = module;
  return applyLinear(weight.node === null ? module : { ...module, weight: view(weight, weight.shape) }, x);
};

/** Whether keys and values are repeated for every head (40B, 180B); the 7B has one head of them. */
const isNew = ({ architecture }: Loaded): boolean => architecture.norms_per_layer === 2;

/** `FalconAttention._split_heads`: a list as an index copies keys and values out of the projection. */
const splitFused = (layer: Loaded, fused_qkv: Tensor): readonly Tensor[] =>
  scoped(fused_qkv.tape, () => {
    const { head_dim, num_attention_heads, num_key_value_heads } = layer.architecture;
    const qkv = bind(splitHeads(fused_qkv, head_dim));
    const every = shapeOf("b", "s", num_attention_heads, head_dim);
    const indexed = (): Tensor => {
      const index = withoutGraph({ name: "index", shape: shapeOf(1), dtype: "int64" }, qkv);
      return bind(gather(qkv, index, shapeOf("b", "s", num_key_value_heads, head_dim)));
    };
    const query = bind(slice(qkv, every));
    const [key, value] = [indexed(), indexed()];
    if (!isNew(layer)) return [query, key, value];
    return [query, expand(key, every), expand(value, every)].map((states) => bind(clone(states)));
  });

/** Scores in the type of the queries, softmax in that of the hidden states. */
const eager = ({ query, key, value }: Heads, mask: Tensor, dtype: Element): Attended => {
  let attention_scores = bind(scaleInPlace(matmul(query, transposeMatrices(key))));
  attention_scores = rebind(
    attention_scores,
    call("softmax", (input) => softmax(to(input, dtype)), add(attention_scores, mask)),
  );
  return [matmul(attention_scores, value), attention_scores];
};

/** `FalconAttention.forward` */
const selfAttention = (layer: Loaded, context: readonly Tensor[], x: Tensor): Attended =>
  call(
    "self_attention",
    (hidden_states): Attended => {
      const { cos, sin, mask } = layerContext(context);
      const fused_qkv = bind(falconLinear(layer, "self_attention.query_key_value", hidden_states));
      const [q, k, value] = bindAll(splitFused(layer, fused_qkv).map(headsFirst)) as [Tensor, Tensor, Tensor];
      const [query, key] = bindAll(applyRotary(q, k, { cos, sin }));
      unname(q);
      unname(k);
      const heads = cachedHeads({ query, key, value });
      const output = (): Attended => {
        if (mask === null) return [scaledDotProduct(heads, bestKernelOf(layer.options)), null];
        if (mask.dtype === "bool") return [maskedDotProduct(heads, mask, layer.options), null];
        return eager(heads, maskForKeys(heads, mask), hidden_states.dtype);
      };
      const [attn_output, attention_scores] = bindAll(output());
      const merged = rebind(attn_output, reshape(sequenceFirst(attn_output), x.shape));
      return [falconLinear(layer, "self_attention.dense", merged), attention_scores];
    },
    x,
  );

const mlp = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "mlp",
    (input) => {
      const act = activation(layer.architecture.hidden_act);
      return falconLinear(
        layer,
        "mlp.dense_4h_to_h",
        call("act", act, falconLinear(layer, "mlp.dense_h_to_4h", input)),
      );
    },
    x,
  );

const base = decoderModel({ norm: layerNorm, finalNorm: "ln_f" });

/** Falcon: attention and MLP side by side. @see transformers 5.24, modeling_falcon.py */
const falconForward: Forward = {
  ...base,
  embed: (model, input_ids) => embedTokens(model, input_ids, "word_embeddings"),
  context: (model, inputs_embeds, ...ids) => {
    const tables = base.context(model, inputs_embeds, ...ids);
    const { attn_implementation, padding } = model.options;
    if (attn_implementation === "flash" || attn_implementation === "eager" || padding !== undefined) return tables;
    return [...tables, withoutGraph({ name: "mask", shape: shapeOf("s", "s"), dtype: "bool" }, inputs_embeds)];
  },
  layer: (layer, context, residual): Attended => {
    const norms = isNew(layer) ? ["ln_attn", "ln_mlp"] : ["input_layernorm"];
    const normed = norms.map((name) => bind(layerNorm(layer, name, residual)));
    const [attention_output, attn_weights] = bindAll(selfAttention(layer, context, normed[0] as Tensor));
    let mlp_output = bind(mlp(layer, normed[normed.length - 1] as Tensor));
    mlp_output = rebind(mlp_output, addInPlace(mlp_output, attention_output));
    return [add(residual, mlp_output), attn_weights];
  },
};

/**
 * Falcon: attention and MLP side by side, without biases (`FalconLinear` is an `nn.Linear`); 7B behind one norm, 40B and 180B (the
 * "new decoder architecture") behind one each. @see transformers 5.24, modeling_falcon.py
 */
const layout: Layout = (a) =>
  causalLmLayout(a, {
    embeddings: [embeddingTensors("word_embeddings", a.vocab_size, a.hidden_size)],
    layers: uniformLayers(a, [
      ...neoxBlocks(a, "self_attention", false),
      ...(a.norms_per_layer === 1 ? ["input_layernorm"] : ["ln_attn", "ln_mlp"]).map((name) =>
        layerNormTensors(name, a.hidden_size),
      ),
    ]),
    final: [layerNormTensors("ln_f", a.hidden_size)],
  });

/** Falcon. */
export const falcon: Family = {
  model_types: {
    falcon: {
      name: "Falcon",
      forward: falconForward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: OWN_ATTENTION,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: {
          hidden_act: "gelu",
          mlp_type: "plain",
          norm_type: "layernorm",
          norms_per_layer: 1,
          max_position_embeddings: 2048,
        },
        tied: true,
        fourfoldMlp: true,
        rule: configRule,
      },
      heldAgainst: { runs: ["step"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: NEOX_TARGETS,
  refused: NO_REFUSED,
};

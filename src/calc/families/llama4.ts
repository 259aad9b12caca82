// Llama 4, text decoder: every expert computes every token, layers without positions, chunked attention.

import { activation, gatedMlp } from "#calc/modules/mlp.ts";
import { gatedByActivation, expertWeights, groupedExperts, isRunByUnsloth } from "#calc/modules/experts.ts";
import { readingOf, expertsShapeOf } from "#calc/modules/fused-experts.ts";
import { addAllAdapters, UNSLOTH_EXPERTS_DTYPE, rebuiltProduct } from "#calc/modules/separated-lora.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { add, mul, addInPlace } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { copySlice, topk } from "#calc/tape/ops/indexing.ts";
import { groupedMm } from "#calc/tape/ops/products.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { to, chunk, repeat, view } from "#calc/tape/ops/views.ts";
import { clone, sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { attention } from "#calc/modules/attention.ts";
import { llama4L2Norm, llama4Norm } from "#calc/modules/norms.ts";
import { type Attended, headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { applyRotaryLlama4, complexTables } from "#calc/modules/rotary.ts";
import { decoderModel } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type LayerContext, layerContext } from "#calc/families/parts/attention.ts";
import { windows } from "#calc/families/parts/windows.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { ExpertsModule, Module } from "#calc/model/layout.ts";
import {
  LLAMA_FIELDS,
  PLAN_NOT_WRITTEN,
  NO_POSITIONS,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  layerKinds,
  layersOfKinds,
  linearTensors,
  rmsNormTensors,
  selfAttentionTensors,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";
import { expertWidth } from "#calc/families/parts/experts.ts";

/** `Llama4Router`: the scores of all experts, zero for those that were not chosen, and the logits. */
const router = (layer: Loaded, x: Tensor): readonly [router_scores: Tensor, router_logits: Tensor] => {
  const router_logits = bind(linear(layer, "feed_forward.router", x));
  const { shape, dtype } = router_logits;
  const [values, indices] = topk(router_logits, withLast(shape, layer.architecture.num_experts_per_tok ?? 1));
  const full = withoutGraph({ name: "full_like", shape, dtype }, router_logits);
  return [to(sigmoid(to(copySlice(full, values, indices), "fp32")), dtype), router_logits];
};

const PATH = "feed_forward.experts";

/** A product of every expert with every token: of weights that are made for it, plus the adapters' part, or of weights with their updates in them. */
type Product = (states: Tensor, name: string, width: number) => Tensor;

const rebuilt =
  (layer: Loaded): Product =>
  (states, name, width) => {
    const parameter = `${PATH}.${name}`;
    const x = to(states, UNSLOTH_EXPERTS_DTYPE);
    return scoped(x.tape, () => {
      const input = bind(x);
      const output = bind(rebuiltProduct(input, { weights: expertsShapeOf(layer, parameter), rows: null, width }));
      const { num_experts: experts = 1 } = layer.architecture;
      return addAllAdapters(layer, parameter, [input, output, { experts, offsets: null }]);
    });
  };

const whole = (layer: Loaded): Product => {
  const weightOf = expertWeights(layer, { path: PATH, transposed: true });
  return (states, name, width) => {
    const weight = castForMatmul(weightOf(name, states));
    return groupedMm(castForMatmul(states), { weight, offsets: null, width });
  };
};

/** `Llama4TextExperts.forward`: every expert on every token. */
const experts = (layer: Loaded, routed_in: Tensor): Tensor =>
  call(
    PATH,
    (x) => {
      const { hidden_size, hidden_act } = layer.architecture;
      const product = readingOf(layer) === "rebuilt" ? rebuilt(layer) : whole(layer);
      const inner = expertsShapeOf(layer, `${PATH}.down_proj`).dims[1] as number;
      const [gate, up] = bindAll(chunk(bind(product(x, "gate_up_proj", 2 * inner)), 2)) as readonly [Tensor, Tensor];
      return product(mul(up, call("act_fn", activation(hidden_act), gate)), "down_proj", hidden_size);
    },
    routed_in,
  );

/**
 * `Llama4TextMoe_forward` of Unsloth: the chosen experts alone, each on its tokens, which are multiplied by their scores before.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/llama4_moe.py
 */
const unslothExperts = (layer: Loaded, x: Tensor): readonly [out: Tensor, router_logits: Tensor] =>
  call(
    "feed_forward",
    (hidden_states) => {
      const { num_experts_per_tok: k = 1, hidden_size } = layer.architecture;
      const [router_scores, router_logits] = bindAll(router(layer, hidden_states));
      const [top_k_weights, top_k_index] = bindAll(topk(router_scores, withLast(router_scores.shape, k)));
      const scores = view(to(top_k_weights, hidden_states.dtype), shapeOf("b", "s", k, 1));
      const routed_in = bind(mul(view(hidden_states, shapeOf("b", "s", 1, hidden_size)), scores));
      const { dtype } = router_scores;
      const weights = bind(withoutGraph({ name: "ones", shape: shapeOf("b", "s", k, 1), dtype }, router_scores));
      const indices = bind(view(top_k_index, shapeOf("b", "s", k, 1)));
      const own = { path: PATH, gate: gatedByActivation, transposed: true } as const;
      let routed_out = bind(groupedExperts(layer, own, { x: routed_in, routing: { weights, indices } }));
      routed_out = rebind(routed_out, sumTo(routed_out, hidden_states.shape));
      const out = bind(gatedMlp(layer, "feed_forward.shared_expert", hidden_states));
      return [add(out, to(routed_out, out.dtype)), router_logits];
    },
    x,
  );

/** `Llama4TextMoe.forward` */
const ownExperts = (layer: Loaded, x: Tensor): readonly [out: Tensor, router_logits: Tensor] =>
  call(
    "feed_forward",
    (hidden_states) => {
      const { num_experts = 1, hidden_size } = layer.architecture;
      const [router_scores, router_logits] = bindAll(router(layer, hidden_states));
      let routed_in = bind(repeat(hidden_states, shapeOf("b", "s", num_experts, hidden_size)));
      routed_in = rebind(routed_in, mul(routed_in, view(clone(router_scores), shapeOf("b", "s", num_experts, 1))));
      const routed_out = bind(experts(layer, routed_in));
      const out = bind(gatedMlp(layer, "feed_forward.shared_expert", hidden_states));
      return [addInPlace(out, sumTo(routed_out, hidden_states.shape)), router_logits];
    },
    x,
  );

/** The experts of a layer: as the model's own code runs them, or Unsloth's where it does not train them. */
const llama4Experts: typeof ownExperts = (layer, x) =>
  isRunByUnsloth(layer) ? unslothExperts(layer, x) : ownExperts(layer, x);

/** `attn_scales`, of layers without positions. */
const temperatures = (x: Tensor): Tensor => {
  const shape = shapeOf("s");
  const positions = bind(withoutGraph({ name: "arange", shape, dtype: "int64" }, x));
  return bind(withoutGraph({ name: "log1p", shape: shapeOf(1, "s", 1, 1), dtype: "fp32" }, positions));
};

/** `Llama4TextAttention.forward`: the transpose to [b, heads, s, d] comes after rotary embedding and norms. */
const forwardSelfAttention = (layer: Loaded, context: LayerContext, hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const { head_dim, qk_norm } = layer.architecture;
      const projected = (name: string): Tensor => splitHeads(linear(layer, `self_attn.${name}`, x), head_dim);
      let query = bind(projected("q_proj"));
      let key = bind(projected("k_proj"));
      const value = bind(headsFirst(projected("v_proj")));
      if (layer.kind.endsWith("full_attention")) {
        query = rebind(query, to(mul(query, temperatures(x)), query.dtype));
      } else {
        const [q, k] = applyRotaryLlama4(query, key, context);
        [query, key] = [rebind(query, q), rebind(key, k)];
        if (qk_norm === "l2") {
          query = rebind(query, llama4L2Norm(query));
          key = rebind(key, llama4L2Norm(key));
        }
      }
      query = rebind(query, headsFirst(query));
      key = rebind(key, headsFirst(key));
      const how = { mask: context.mask, softmaxAsIs: "uncast" } as const;
      const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, how));
      return [linear(layer, "self_attn.o_proj", attn_output), attn_weights];
    },
    hidden_states,
  );

const base = decoderModel({ norm: llama4Norm, makeTables: complexTables });

/** Llama 4, text: full attention without positions in every fourth layer; every expert computes every token. @see transformers 5.24, modeling_llama4.py */
const llama4Forward: Forward = {
  ...base,
  ...windows(base, (_, index) => ((index + 1) % 4 === 0 ? "full_attention" : "chunked_attention")),
  layoutKind: ({ interleave_moe_layer_step = 1 }, index) =>
    (index + 1) % interleave_moe_layer_step === 0 ? "sparse" : "dense",
  layer: (layer, context, residual) => {
    let hidden_states = bind(llama4Norm(layer, "input_layernorm", residual));
    const [attention_states] = bindAll(forwardSelfAttention(layer, layerContext(context), hidden_states));
    const middle = rebind(hidden_states, add(residual, attention_states));
    hidden_states = bind(llama4Norm(layer, "post_attention_layernorm", middle));
    const [out] = layer.kind.startsWith("sparse")
      ? bindAll(llama4Experts(layer, hidden_states))
      : [bind(gatedMlp(layer, "feed_forward", hidden_states))];
    unname(hidden_states);
    return add(middle, out);
  },
};

/** `Llama4TextExperts`: stored transposed. */
const expertsTensors = (a: Architecture): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name: "feed_forward.experts",
    num_experts: count,
    tensors: [
      { name: "gate_up_proj", shape: [count, hidden, 2 * width] },
      { name: "down_proj", shape: [count, width, hidden] },
    ],
    adapted: [],
    transposed: true,
    undivided: "each of whose experts takes every token: transformers has no plan that divides them",
  };
};

const feedForward = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] =>
  kind === "dense"
    ? gatedMlpTensors("feed_forward", [a.hidden_size, a.intermediate_size_mlp ?? a.intermediate_size ?? 0])
    : [
        expertsTensors(a),
        { ...linearTensors("feed_forward.router", [a.hidden_size, a.num_experts ?? 0]), inherits: true },
        ...gatedMlpTensors("feed_forward.shared_expert", [a.hidden_size, expertWidth(a)]),
      ];

const layer = (a: Architecture, kind: "dense" | "sparse"): readonly Module[] => [
  ...selfAttentionTensors(a),
  ...feedForward(a, kind),
  rmsNormTensors("input_layernorm", a.hidden_size),
  rmsNormTensors("post_attention_layernorm", a.hidden_size),
];

/** Llama 4, text decoder: experts in every layer (Scout) or in every second one (Maverick). @see transformers 5.24, modeling_llama4.py */
const layout: Layout = (a) => {
  const step = a.interleave_moe_layer_step ?? 1;
  const kinds = layerKinds(a, (index) => ((index + 1) % step === 0 ? "sparse" : "dense"));
  return causalLmLayout(a, { layers: layersOfKinds(kinds, (kind) => layer(a, kind)) });
};

/** Facts that both types share. */
const SHARED = {
  forward: llama4Forward,
  tensorParallel: PLAN_NOT_WRITTEN,
  contextParallel: true,
  ulysses: NO_POSITIONS,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  config: {
    fields: { ...LLAMA_FIELDS, n_shared_experts: 1 },
    expertsAreIntermediate: true,
    qkNorm: { flag: "use_qk_norm", norm: "l2" },
  },
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Llama 4. */
export const llama4: Family = {
  model_types: {
    llama4: {
      name: "Llama 4",
      ...SHARED,
      heldAgainst: { runs: ["step"] },
    },
    llama4_text: {
      name: "Llama 4 text",
      ...SHARED,
      heldAgainst: { as: "llama4" },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};

// gpt-oss: attention sinks, biased experts in every layer, windows in every second layer.

import type { Heads, Tensor } from "#calc/tape/tape.ts";
import { add, subtract, mul } from "#calc/tape/ops/arithmetic.ts";
import { cat, to, expand, slice, reshape } from "#calc/tape/ops/views.ts";
import { topValues } from "#calc/tape/ops/indexing.ts";
import { matmul, repeatHeads, transposeMatrices } from "#calc/tape/ops/products.ts";
import { softmax, scale, addNumber, sigmoid, clampBelow, clampBetween } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped, bindAll, call, unname } from "#calc/tape/scope.ts";
import { shapeOf, withLast, lastDim } from "#calc/tape/ledger/shape.ts";
import { type Attended, groupsOf, sequenceFirst, inHeads } from "#calc/modules/heads.ts";
import { maskForKeys, cachedHeads } from "#calc/modules/kv-cache.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { type ApplyGate, groupedExperts } from "#calc/modules/experts.ts";
import { linear } from "#calc/modules/linear.ts";
import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { olmo2Norm } from "#calc/modules/norms.ts";
import { applyRotaryGptOss, halfTables } from "#calc/modules/rotary.ts";
import { topLogitsRouter } from "#calc/modules/router.ts";
import { decoderModel, preNormLayer } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { LayerContext, ModuleOf } from "#calc/families/parts/attention.ts";
import { windows } from "#calc/families/parts/windows.ts";
import type { Layout, Family } from "./family.ts";
import type { ExpertsModule, Module } from "#calc/model/layout.ts";
import {
  LLAMA_FIELDS,
  NOT_HELD_BY_ULYSSES,
  NO_RING,
  NO_REFUSED,
  EXACT,
  VOCABULARY_ONLY,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  uniformLayers,
  rmsNormTensors,
  parameters,
  selfAttentionTensors,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";
import { expertWidth, router } from "#calc/families/parts/experts.ts";

/** `mask`: added to the scores. `sinks`: one number for each head. */
type Sinks = Readonly<{ mask: Tensor | null; sinks: Tensor }>;

/**
 * gpt-oss's `eager_attention_forward`: concatenates a column of sinks to the scores, [b, heads, s, s+1], takes the softmax, and cuts the
 * column off again.
 */
const sinkAttention = (heads: Heads, { mask, sinks }: Sinks): Attended =>
  scoped(heads.query.tape, (): Attended => {
    const { query, key, value } = heads;
    const groups = groupsOf(heads);
    const key_states = bind(repeatHeads(key, groups));
    const value_states = bind(repeatHeads(value, groups));
    let attn_weights = bind(scale(matmul(query, transposeMatrices(key_states))));
    if (mask !== null) attn_weights = rebind(attn_weights, add(attn_weights, maskForKeys(heads, mask)));
    const square = attn_weights.shape;
    const column = bind(expand(sinks, shapeOf("b", query.shape.dims[1] ?? 1, "s", 1)));
    let combined_logits = bind(cat(attn_weights, column, withLast(square, "s+1")));
    combined_logits = rebind(
      combined_logits,
      subtract(combined_logits, topValues(combined_logits, withLast(square, 1))),
    );
    const probs = bind(softmax(combined_logits));
    const scores = bind(slice(probs, square));
    attn_weights = rebind(attn_weights, to(scores, value_states.dtype));
    return [sequenceFirst(matmul(attn_weights, value_states)), attn_weights];
  });

/** `GptOssAttention.forward` */
const forwardSelfAttention = (layer: Loaded, context: LayerContext, hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const { head_dim } = layer.architecture;
      const projected = (name: string): Tensor => bind(inHeads(linear(layer, `self_attn.${name}`, x), head_dim));
      const [q, k, value] = [projected("q_proj"), projected("k_proj"), projected("v_proj")];
      const [query, key] = bindAll(applyRotaryGptOss(q, k, context));
      unname(q);
      unname(k);
      const sinks = tensorOf(layer, "self_attn.sinks");
      const [output, attn_weights] = bindAll(
        sinkAttention(cachedHeads({ query, key, value }), { mask: context.mask, sinks }),
      );
      const attn_output = reshape(output, shapeOf("b", "s", layer.architecture.num_attention_heads * head_dim));
      return [linear(layer, "self_attn.o_proj", attn_output), attn_weights];
    },
    hidden_states,
  );

/** `GptOssExperts._apply_gate`: gate and up alternate in one projection, and are clamped. */
const clampedGate: ApplyGate = (gateUp) =>
  scoped(gateUp.tape, () => {
    const half = withLast(gateUp.shape, Number(lastDim(gateUp.shape)) / 2);
    let gate = bind(slice(gateUp, half));
    let up = bind(slice(gateUp, half));
    gate = rebind(gate, clampBelow(gate));
    up = rebind(up, clampBetween(up));
    const glu = bind(mul(gate, sigmoid(scale(gate))));
    return bind(mul(addNumber(up), glu));
  });

const route = topLogitsRouter(false);

/** `GptOssMLP.forward` also returns the router's weights, which a variable of the layer holds. */
const mlp: ModuleOf = (layer, name, x) => {
  const [hidden_states] = bindAll(
    call(
      name,
      (input): readonly [Tensor, Tensor] => {
        const routing = route(layer, `${name}.router`, input);
        const experts = { path: `${name}.experts`, gate: clampedGate, hasKernel: true, transposed: true } as const;
        const output = groupedExperts(layer, experts, { x: input, routing });
        return [output, routing.weights];
      },
      x,
    ),
  ) as readonly [Tensor, Tensor];
  return hidden_states;
};

const everyOther = (a: Architecture, index: number): string =>
  a.layer_types?.[index] ?? ((index + 1) % 2 === 0 ? "full_attention" : "sliding_attention");

const base = decoderModel({ norm: olmo2Norm, makeTables: halfTables });

/** gpt-oss: attention sinks, experts with biases in every layer, windows in every second layer. @see transformers 5.24, modeling_gpt_oss.py */
const gptOssForward: Forward = {
  ...base,
  balancesExperts: true,
  ...windows(base, everyOther, true),
  layer: preNormLayer({ norm: olmo2Norm, mlp, attend: forwardSelfAttention }),
};

/** `GptOssExperts`: stored transposed, with biases. */
const experts = (a: Architecture): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name: "mlp.experts",
    num_experts: count,
    tensors: [
      { name: "gate_up_proj", shape: [count, hidden, 2 * width] },
      { name: "gate_up_proj_bias", shape: [count, 2 * width] },
      { name: "down_proj", shape: [count, width, hidden] },
      { name: "down_proj_bias", shape: [count, hidden] },
    ],
    adapted: [],
    transposed: true,
  };
};

const layer = (a: Architecture): readonly Module[] => [
  parameters("self_attn", { sinks: [a.num_attention_heads] }),
  ...selfAttentionTensors(a),
  router(a, "mlp.router"),
  experts(a),
  rmsNormTensors("input_layernorm", a.hidden_size),
  rmsNormTensors("post_attention_layernorm", a.hidden_size),
];

/** gpt-oss: attention sinks, biases everywhere, experts in every layer. @see transformers 5.24, modeling_gpt_oss.py */
const layout: Layout = (architecture) => {
  const a = { attention_bias: true, router_bias: true, ...architecture };
  return causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });
};

/** gpt-oss. */
export const gptOss: Family = {
  model_types: {
    gpt_oss: {
      name: "gpt-oss",
      forward: gptOssForward,
      withoutSdpa: "SDPA has no sinks.",
      tensorParallel: VOCABULARY_ONLY,
      contextParallel: NO_RING,
      ulysses: NOT_HELD_BY_ULYSSES,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: {
          ...LLAMA_FIELDS,
          attention_bias: true,
          qkv_bias: true,
          attention_out_bias: true,
          attention_sinks: true,
          router_bias: true,
          expert_bias: true,
        },
        expertsAreIntermediate: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "expert parallel"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};

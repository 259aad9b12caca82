import type { Attended } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { activation } from "#calc/modules/activations.ts";
import { llama4L2Norm, llama4Norm } from "#calc/modules/gemma-norm.ts";
import { splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryLlama4, complexTables } from "#calc/modules/rotary.ts";
import { headsFirst } from "#calc/modules/heads.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { add, addInPlace, mul } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { copySlice } from "#calc/tape/ops/copy-slice.ts";
import { topk } from "#calc/tape/ops/gather.ts";
import { groupedMm } from "#calc/tape/ops/grouped-mm.ts";
import { sumTo } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { clone, sigmoid } from "#calc/tape/ops/unary.ts";
import { chunk, repeat, view } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import { shapeOf, withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import type { LayerContext } from "./layer-context.ts";
import { layerContext } from "./layer-context.ts";
import { windows } from "./windows.ts";

/** `attn_scales`, of layers without positions. */
const temperatures = (x: Tensor): Tensor => {
  const shape = shapeOf("s");
  const positions = bind(compute({ name: "arange", shape, dtype: "int64" }, x));
  return bind(compute({ name: "log1p", shape: shapeOf(1, "s", 1, 1), dtype: "fp32" }, positions));
};

/** `Llama4TextAttention.forward`: heads come first after rotary embedding and norms. */
const selfAttention = (layer: Loaded, context: LayerContext, hidden_states: Tensor): Attended =>
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

/** `Llama4Router`: scores of all experts, zero for those not chosen; and the logits. */
const router = (layer: Loaded, x: Tensor): readonly [router_scores: Tensor, router_logits: Tensor] => {
  const router_logits = bind(linear(layer, "feed_forward.router", x));
  const { shape, dtype } = router_logits;
  const [values, indices] = topk(router_logits, withLast(shape, layer.architecture.num_experts_per_tok ?? 1));
  const full = compute({ name: "full_like", shape, dtype }, router_logits);
  return [to(sigmoid(to(copySlice(full, values, indices), "fp32")), dtype), router_logits];
};

/** `Llama4TextExperts.forward`: every expert on every token. */
const experts = (layer: Loaded, routed_in: Tensor): Tensor =>
  call(
    "feed_forward.experts",
    (x) => {
      const { hidden_size, hidden_act } = layer.architecture;
      const product = (states: Tensor, name: string, width: number): Tensor => {
        const weight = castForMatmul(tensorOf(layer, `feed_forward.experts.${name}`));
        return groupedMm(castForMatmul(states), { weight, offsets: null, width });
      };
      const inner = tensorOf(layer, "feed_forward.experts.down_proj").shape.dims[1] as number;
      const [gate, up] = bindAll(chunk(bind(product(x, "gate_up_proj", 2 * inner)), 2)) as readonly [Tensor, Tensor];
      return product(mul(up, call("act_fn", activation(hidden_act), gate)), "down_proj", hidden_size);
    },
    routed_in,
  );

/** `Llama4TextMoe.forward` */
const sparseBlock = (layer: Loaded, x: Tensor): readonly [out: Tensor, router_logits: Tensor] =>
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

const base = decoderModel({ norm: llama4Norm });

/** Llama 4, text: whole attention without positions in every fourth layer, experts that see every token. @see transformers 5.24, modeling_llama4.py */
export const llama4: Forward = {
  ...base,
  ...windows(
    {
      context: (model, inputs_embeds, position_ids) => {
        const mask = causalMask(model.options, inputs_embeds).map(bind);
        return [...complexTables(model.options.architecture.head_dim, position_ids), ...mask];
      },
    },
    (_, index) => ((index + 1) % 4 === 0 ? "full_attention" : "chunked_attention"),
  ),
  layoutKind: ({ interleave_moe_layer_step = 1 }, index) =>
    (index + 1) % interleave_moe_layer_step === 0 ? "sparse" : "dense",
  layer: (layer, context, residual) => {
    let hidden_states = bind(llama4Norm(layer, "input_layernorm", residual));
    const [attention_states] = bindAll(selfAttention(layer, layerContext(context), hidden_states));
    const middle = rebind(hidden_states, add(residual, attention_states));
    hidden_states = bind(llama4Norm(layer, "post_attention_layernorm", middle));
    const [out] = layer.kind.startsWith("sparse")
      ? bindAll(sparseBlock(layer, hidden_states))
      : [bind(gatedMlp(layer, "feed_forward", hidden_states))];
    unname(hidden_states);
    return add(middle, out);
  },
};

import { attention } from "#calc/modules/attention.ts";
import { llama4L2Norm, llama4Norm } from "#calc/modules/llama4-norm.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryLlama4, complexTables } from "#calc/modules/rotary-kinds.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { LayerContext } from "#calc/families/parts/forward/layer-context.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";
import { llama4Experts } from "./experts.ts";
import { windows } from "#calc/families/parts/forward/windows.ts";

/** `attn_scales`, of layers without positions. */
const temperatures = (x: Tensor): Tensor => {
  const shape = shapeOf("s");
  const positions = bind(compute({ name: "arange", shape, dtype: "int64" }, x));
  return bind(compute({ name: "log1p", shape: shapeOf(1, "s", 1, 1), dtype: "fp32" }, positions));
};

/** `Llama4TextAttention.forward`: the transpose to [b, heads, s, d] comes after rotary embedding and norms. */
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

const base = decoderModel({ norm: llama4Norm, makeTables: complexTables });

/** Llama 4, text: full attention without positions in every fourth layer; every expert computes every token. @see transformers 5.24, modeling_llama4.py */
export const llama4: Forward = {
  ...base,
  ...windows(base, (_, index) => ((index + 1) % 4 === 0 ? "full_attention" : "chunked_attention")),
  layoutKind: ({ interleave_moe_layer_step = 1 }, index) =>
    (index + 1) % interleave_moe_layer_step === 0 ? "sparse" : "dense",
  layer: (layer, context, residual) => {
    let hidden_states = bind(llama4Norm(layer, "input_layernorm", residual));
    const [attention_states] = bindAll(selfAttention(layer, layerContext(context), hidden_states));
    const middle = rebind(hidden_states, add(residual, attention_states));
    hidden_states = bind(llama4Norm(layer, "post_attention_layernorm", middle));
    const [out] = layer.kind.startsWith("sparse")
      ? bindAll(llama4Experts(layer, hidden_states))
      : [bind(gatedMlp(layer, "feed_forward", hidden_states))];
    unname(hidden_states);
    return add(middle, out);
  },
};

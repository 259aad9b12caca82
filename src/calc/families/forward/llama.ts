import type { Attended } from "#calc/modules/attention.ts";
import { attention } from "#calc/modules/attention.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { assert } from "#calc/assert.ts";
import { rotaryTables } from "#calc/modules/rotary.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { embedding } from "#calc/tape/ops/embedding.ts";
import type { Forward, LayerContext } from "./forward.ts";

/** `LlamaAttention.forward`; Qwen 3 norms the heads of queries and keys before they change places with the sequence. */
const selfAttention = (layer: Loaded, context: LayerContext, hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const { head_dim } = layer.architecture;
      const normed = (name: string, heads: Tensor): Tensor =>
        layer.tensors.has(`${name}.weight`) ? rmsNorm(layer, name, heads) : heads;
      const projected = (name: string): Tensor => splitHeads(linear(layer, `self_attn.${name}`, x), head_dim);
      const q = bind(headsFirst(normed("self_attn.q_norm", projected("q_proj"))));
      const k = bind(headsFirst(normed("self_attn.k_norm", projected("k_proj"))));
      const value = bind(headsFirst(projected("v_proj")));
      const [query, key] = applyRotary(q, k, context);
      const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, context));
      return [linear(layer, "self_attn.o_proj", attn_output), attn_weights];
    },
    hidden_states,
  );

/** `LlamaDecoderLayer.forward` */
export const llamaLayer = (layer: Loaded, context: LayerContext, residual: Tensor): Tensor => {
  let hidden_states = bind(rmsNorm(layer, "input_layernorm", residual));
  const [attn_output] = bindAll(selfAttention(layer, context, hidden_states));
  unname(hidden_states);
  hidden_states = attn_output;
  const middle = rebind(hidden_states, add(residual, hidden_states));
  hidden_states = bind(rmsNorm(layer, "post_attention_layernorm", middle));
  hidden_states = rebind(hidden_states, gatedMlp(layer, "mlp", hidden_states));
  return add(middle, hidden_states);
};

/** `LlamaModel` and `LlamaForCausalLM` */
export const llama: Forward = {
  buffers: (a) => [a.head_dim / 2, a.head_dim / 2],
  embed: (model, input_ids) => call("embed_tokens", (ids) => embedding(ids, tensorOf(model.embeddings, "embed_tokens.weight")), input_ids),
  context: (model, inputs_embeds, position_ids) =>
    {
      const mask = causalMask(model.options, inputs_embeds).map(bind);
      return [...rotaryTables({ width: model.options.architecture.head_dim, dtype: inputs_embeds.dtype }, position_ids), ...mask];
    },
  layer: (layer, [cos, sin, mask], hidden_states) => {
    assert(cos !== undefined && sin !== undefined, "layers are handed rotary tables");
    return llamaLayer(layer, { cos, sin, mask: mask ?? null }, hidden_states);
  },
  finalNorm: (model, hidden_states) => rmsNorm(model.final, "norm", hidden_states),
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
};

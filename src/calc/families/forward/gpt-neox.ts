import type { Attended } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryNeoX } from "#calc/modules/rotary-kinds.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { chunk } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens, partOfHead } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import type { LayerContext } from "./layer-context.ts";
import { layerContext } from "./layer-context.ts";

/** `GPTNeoXAttention.forward`: heads of q, k and v side by side in one projection. */
const selfAttention = (layer: Loaded, context: LayerContext, x: Tensor): Attended =>
  call(
    "attention",
    (input): Attended => {
      const { head_dim } = layer.architecture;
      const qkv = bind(headsFirst(splitHeads(linear(layer, "attention.query_key_value", input), 3 * head_dim)));
      const [q, k, value] = bindAll(chunk(qkv, 3)) as readonly [Tensor, Tensor, Tensor];
      const [query, key] = bindAll(applyRotaryNeoX(q, k, context));
      unname(q);
      unname(k);
      const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, context));
      return [linear(layer, "attention.dense", attn_output), attn_weights];
    },
    x,
  );

const mlp = plainMlp("dense_h_to_4h", "dense_4h_to_h");

/** GPT-NeoX, Pythia: attention and MLP side by side, each with a norm of its own. @see transformers 5.24, modeling_gpt_neox.py */
export const gptNeoX: Forward = {
  ...decoderModel({ norm: layerNorm, rotaryWidth: partOfHead(0.25), finalNorm: "final_layer_norm" }),
  embed: (model, input_ids) => embedTokens(model, input_ids, "embed_in"),
  layer: (layer, context, hidden_states) => {
    const [attn_output] = bindAll(
      selfAttention(layer, layerContext(context), layerNorm(layer, "input_layernorm", hidden_states)),
    );
    const mlp_output = bind(mlp(layer, "mlp", layerNorm(layer, "post_attention_layernorm", hidden_states)));
    return add(add(mlp_output, attn_output), hidden_states);
  },
};

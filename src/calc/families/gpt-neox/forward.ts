import { inHeads, type NamedHeads } from "#calc/modules/in-heads.ts";
import { linear } from "#calc/modules/linear.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryNeoX } from "#calc/modules/rotary-kinds.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { chunk } from "#calc/tape/ops/view.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { decoderModel, embedTokens, partOfHead } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";
import { projectedAttention } from "#calc/families/parts/forward/projected-attention.ts";

/** `GPTNeoXAttention.forward`: heads of q, k and v side by side in one projection. */
const selfAttention = projectedAttention({
  path: "attention",
  project: (layer, x) => {
    const qkv = linear(layer, "attention.query_key_value", x);
    return bindAll(chunk(bind(inHeads(qkv, 3 * layer.architecture.head_dim)), 3)) as NamedHeads;
  },
  rotary: applyRotaryNeoX,
  output: (layer, attn_output) => linear(layer, "attention.dense", attn_output),
});

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

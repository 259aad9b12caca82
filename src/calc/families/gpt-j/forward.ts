import type { Attended } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { plainMlp } from "#calc/modules/plain-mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryGptJ } from "#calc/modules/rotary-kinds.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { to } from "#calc/tape/ops/to.ts";
import { split } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { LayerContext } from "#calc/families/parts/forward/layer-context.ts";
import { oneNormLayer } from "#calc/families/phi/forward.ts";

/** `rotary_dim`, the same in every published config. */
const ROTARY_DIM = 64;

/** `GPTJAttention.forward`: queries and keys are rotated in [b, s, heads, d], before the transpose. */
const selfAttention = (layer: Loaded, context: LayerContext, x: Tensor): Attended =>
  call(
    "attn",
    (hidden_states): Attended => {
      const projected = (name: string): Tensor =>
        splitHeads(linear(layer, `attn.${name}`, hidden_states), layer.architecture.head_dim);
      const [q, k] = [bind(projected("q_proj")), bind(projected("k_proj"))];
      const value = bind(headsFirst(projected("v_proj")));
      const [query, key] = applyRotaryGptJ(q, k, context).map((states) => bind(headsFirst(states))) as [Tensor, Tensor];
      unname(q);
      unname(k);
      const how = { mask: context.mask, softmaxAsIs: true, scoresInFloat: true };
      const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, how));
      return [linear(layer, "attn.out_proj", attn_output), attn_weights];
    },
    x,
  );

/** GPT-J: a table of angles for every position. @see transformers 5.24, modeling_gptj.py */
export const gptj: Forward = {
  ...decoderModel({ norm: layerNorm, finalNorm: "ln_f" }),
  buffers: ({ architecture: a }) => [{ elements: a.max_position_embeddings * ROTARY_DIM, dtype: "fp32" }],
  embed: (model, input_ids) => embedTokens(model, input_ids, "wte"),
  context: (model, inputs_embeds, position_ids) => {
    const mask = causalMask(model.options, inputs_embeds).map(bind);
    const shape = shapeOf(position_ids.shape.dims[0] ?? 1, "s", ROTARY_DIM);
    const sincos = to(compute({ name: "index", shape, dtype: "fp32" }, position_ids), inputs_embeds.dtype);
    // Sine and cosine are the halves of one table. Their shape here is the width that `repeat_interleave` gives them.
    return [...split(sincos, [shape, shape]), ...mask];
  },
  layer: oneNormLayer("ln_1", selfAttention, plainMlp("fc_in", "fc_out")),
};

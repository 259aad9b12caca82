// GPT-J: attention and MLP in parallel on one norm, a table of rotary angles.

import { type Attended, headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { attention, causalMask } from "#calc/modules/attention.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { plainMlp } from "#calc/modules/mlp.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { applyRotaryGptJ } from "#calc/modules/rotary.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { to, split } from "#calc/tape/ops/views.ts";
import { bind, bindAll, call, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel, embedTokens } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import type { LayerContext } from "#calc/families/parts/attention.ts";
import { oneNormLayer } from "./phi.ts";
import type { Layout, Family } from "./family.ts";
import { NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  layerNormTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

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
const gptJForward: Forward = {
  ...decoderModel({ norm: layerNorm, finalNorm: "ln_f" }),
  buffers: ({ architecture: a }) => [{ elements: a.max_position_embeddings * ROTARY_DIM, dtype: "fp32" }],
  embed: (model, input_ids) => embedTokens(model, input_ids, "wte"),
  context: (model, inputs_embeds, position_ids) => {
    const mask = causalMask(model.options, inputs_embeds).map(bind);
    const shape = shapeOf(position_ids.shape.dims[0] ?? 1, "s", ROTARY_DIM);
    const sincos = to(withoutGraph({ name: "index", shape, dtype: "fp32" }, position_ids), inputs_embeds.dtype);
    // Sine and cosine are the halves of one table. Their shape here is the width that `repeat_interleave` gives them.
    return [...split(sincos, [shape, shape]), ...mask];
  },
  layer: oneNormLayer("ln_1", selfAttention, plainMlp("fc_in", "fc_out")),
};

/** GPT-J: attention and MLP side by side behind one norm, a head with bias. @see transformers 5.24, modeling_gptj.py */
const layout: Layout = (architecture) => {
  const a = { lm_head_bias: true, ...architecture };
  const { hidden, query, intermediate } = widths(a);
  return causalLmLayout(a, {
    embeddings: [embeddingTensors("wte", a.vocab_size, hidden)],
    layers: uniformLayers(a, [
      layerNormTensors("ln_1", hidden),
      ...linears("attn", {
        k_proj: [hidden, query],
        v_proj: [hidden, query],
        q_proj: [hidden, query],
        out_proj: [query, hidden],
      }),
      ...linears("mlp", { fc_in: [hidden, intermediate, true], fc_out: [intermediate, hidden, true] }),
    ]),
    final: [layerNormTensors("ln_f", hidden)],
  });
};

/** GPT-J. */
export const gptj: Family = {
  model_types: {
    gptj: {
      name: "GPT-J",
      forward: gptJForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: {
          hidden_act: "gelu_new",
          mlp_type: "plain",
          norm_type: "layernorm",
          norms_per_layer: 1,
          mlp_bias: true,
          lm_head_bias: true,
        },
        fourfoldMlp: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("out_proj", ["fc_in", "fc_out"]),
  refused: NO_REFUSED,
};

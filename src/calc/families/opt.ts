// OPT: learned positions counted from the mask, dropout after both branches.

import { activation } from "#calc/modules/mlp.ts";
import { type Attended, inHeads } from "#calc/modules/heads.ts";
import { attention, causalMask } from "#calc/modules/attention.ts";
import { applyLinear, linear } from "#calc/modules/linear.ts";
import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { layerNorm } from "#calc/modules/norms.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { dropout, scale } from "#calc/tape/ops/unary.ts";
import { embedding } from "#calc/tape/ops/indexing.ts";
import { bind, bindAll, call, rebind, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { embedTokens } from "#calc/families/parts/decoder.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import {
  GPT_FIELDS,
  learnedPositions,
  NO_PLAN,
  NO_REFUSED,
  EXACT,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  embeddingTensors,
  uniformLayers,
  linears,
  layerNormTensors,
  widths,
  targets,
} from "#calc/families/parts/tensors.ts";

/** Dropout after both branches: the default of the config class. Attention weights have no dropout. @see transformers 5.24, configuration_opt.py */
const DROPOUT = 0.1;

/** `OPTAttention.forward`: queries are scaled before they are cut into heads. */
const selfAttention = (layer: Loaded, mask: Tensor | null, hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const heads = (states: Tensor): Tensor => inHeads(states, layer.architecture.head_dim);
      const query = bind(heads(scale(linear(layer, "self_attn.q_proj", x))));
      const key = bind(heads(linear(layer, "self_attn.k_proj", x)));
      const value = bind(heads(linear(layer, "self_attn.v_proj", x)));
      const [attn_output, weights] = bindAll(attention(layer.options, { query, key, value }, { mask }));
      return [linear(layer, "self_attn.out_proj", attn_output), weights];
    },
    hidden_states,
  );

/** `self.embed_positions(mask, past, position_ids)`: ids are shifted by two, as the table has two rows before the first position. */
const embedPositions = (table: Tensor, position_ids: Tensor): Tensor =>
  call(
    "embed_positions",
    (ids) => embedding(withoutGraph({ name: "add", shape: ids.shape, dtype: "int64" }, ids), table),
    position_ids,
  );

/** OPT: learned positions counted from the mask, dropout after both branches, no gate. @see transformers 5.24, modeling_opt.py */
const optForward: Forward = {
  buffers: () => [],
  embed: (model, input_ids) => embedTokens(model, input_ids),
  positions: ({ options }, input_ids) => {
    const shape = shapeOf("b", "s");
    const make = (name: string, dtype: "fp32" | "int64", ...from: readonly [Tensor, ...Tensor[]]): Tensor =>
      withoutGraph({ name, shape, dtype }, ...from);
    if (options.padding !== undefined) {
      // Counted from the batch's own mask, which is of integers.
      const counted = bind(make("cumsum", "int64", input_ids));
      return rebind(counted, make("sub", "int64", make("mul", "int64", counted)));
    }
    // A local variable of the model's forward holds the mask of ones during all layers.
    const mask = bind(make("ones", "fp32", input_ids));
    const position_ids = bind(make("cumsum", "fp32", mask));
    return rebind(position_ids, make("long", "int64", make("sub", "fp32", make("mul", "fp32", position_ids, mask))));
  },
  enter: (model, inputs_embeds, position_ids) => {
    const positions = bind(embedPositions(tensorOf(model.embeddings, "embed_positions.weight"), position_ids));
    const narrow = model.embeddings.linears.has("project_in");
    const embeds = narrow ? bind(linear(model.embeddings, "project_in", inputs_embeds)) : inputs_embeds;
    return add(embeds, positions);
  },
  context: (model, inputs_embeds) => causalMask(model.options, inputs_embeds),
  layer: (layer, [mask], residual) => {
    const act = activation(layer.architecture.hidden_act ?? "relu");
    let hidden_states = bind(layerNorm(layer, "self_attn_layer_norm", residual));
    const [attn_output] = bindAll(selfAttention(layer, mask ?? null, hidden_states));
    unname(hidden_states);
    hidden_states = rebind(attn_output, dropout(attn_output, DROPOUT));
    const middle = rebind(hidden_states, add(residual, hidden_states));
    hidden_states = bind(layerNorm(layer, "final_layer_norm", middle));
    hidden_states = rebind(hidden_states, linear(layer, "fc1", hidden_states));
    hidden_states = rebind(hidden_states, call("activation_fn", act, hidden_states));
    hidden_states = rebind(hidden_states, linear(layer, "fc2", hidden_states));
    hidden_states = rebind(hidden_states, dropout(hidden_states, DROPOUT));
    return add(middle, hidden_states);
  },
  finalNorm: (model, hidden_states) =>
    scoped(model.tape, () => {
      const normed = layerNorm(model.final, "final_layer_norm", hidden_states);
      return model.final.linears.has("project_out") ? linear(model.final, "project_out", bind(normed)) : normed;
    }),
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
};

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, query, intermediate } = widths(a);
  return [
    ...linears("self_attn", {
      k_proj: [hidden, query, true],
      v_proj: [hidden, query, true],
      q_proj: [hidden, query, true],
      out_proj: [query, hidden, true],
    }),
    layerNormTensors("self_attn_layer_norm", hidden),
    ...linears("", { fc1: [hidden, intermediate, true], fc2: [intermediate, hidden, true] }),
    layerNormTensors("final_layer_norm", hidden),
  ];
};

/**
 * OPT: learned positions (two rows more than positions, for padding) and, in the 350M, an embedding narrower than the layers. Its final
 * norm is counted though `do_layer_norm_before: false` of the 350M leaves it out: 2,048 parameters. @see transformers 5.24, modeling_opt.py
 */
const layout: Layout = (a) => {
  const { hidden_size: hidden, word_embed_proj_dim: narrow = hidden } = a;
  const isNarrow = narrow !== hidden;
  return causalLmLayout(a, {
    embeddings: [
      embeddingTensors("embed_tokens", a.vocab_size, narrow),
      embeddingTensors("embed_positions", a.learned_positions ?? a.max_position_embeddings + 2, hidden),
      ...(isNarrow ? linears("", { project_in: [narrow, hidden] }) : []),
    ],
    layers: uniformLayers(a, layer(a)),
    final: [
      layerNormTensors("final_layer_norm", hidden),
      ...(isNarrow ? linears("", { project_out: [hidden, narrow] }) : []),
    ],
  });
};

/** @see transformers 5.24, modeling_opt.py, `OPTLearnedPositionalEmbedding` */
const TWO_FOR_PADDING = 2;

/** OPT. */
export const opt: Family = {
  model_types: {
    opt: {
      name: "OPT",
      forward: optForward,
      tensorParallel: NO_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: { fields: { ...GPT_FIELDS, hidden_act: "relu" }, tied: true, rule: learnedPositions(TWO_FOR_PADDING) },
      heldAgainst: { runs: ["step", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: targets("out_proj", ["fc1", "fc2"]),
  refused: NO_REFUSED,
};

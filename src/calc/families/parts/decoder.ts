// Decoder that most families share: embeddings, rotary tables, final norm, and layers by where their norms are.

import type { StepOptions } from "#calc/model/step-options.ts";
import { windowMask } from "#calc/modules/attention.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { tensorOf, type Loaded } from "#calc/modules/loaded-modules.ts";
import { rotaryTables } from "#calc/modules/rotary.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { embedding } from "#calc/tape/ops/indexing.ts";
import { bind, call, bindAll, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Buffer, Forward, Model } from "#calc/modules/forward.ts";
import {
  type ModuleOf,
  type LayerContext,
  layerContext,
  type SelfAttention,
  type Attend,
  selfAttention,
} from "./attention.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";

/** `self.embed_tokens(input_ids)` */
export const embedTokens = (model: Model, input_ids: Tensor, name = "embed_tokens"): Tensor =>
  call(name, (ids) => embedding(ids, tensorOf(model.embeddings, `${name}.weight`)), input_ids);

/**
 * Inverse frequencies of a rotary embedding, and their copy `original_inv_freq`. In version 4 of transformers, on which trainers before TRL 1 stand, that is the same
 * tensor.
 */
export const frequencies = (width: number, { trainer }: Pick<StepOptions, "trainer"> = {}): readonly Buffer[] => {
  const inv_freq = { elements: width / 2, dtype: "fp32" } as const;
  return trainer === undefined ? [inv_freq, inv_freq] : [inv_freq];
};

/** How the model around the layers differs from Llama's. By default the whole width of a head is rotated. */
type DecoderModel = Readonly<{
  norm: ModuleOf;
  rotaryWidth?: (a: Architecture) => number;
  finalNorm?: string;
  /** Rotary tables stay in fp32, whatever the hidden states are (OLMo, ERNIE). */
  tables?: "fp32";
  /** Makes the rotary tables; by default as Llama does. */
  makeTables?: typeof rotaryTables;
}>;

/** The rotated width, `int(head_dim * partial_rotary_factor)`. `fraction`: the family's factor, where the config has none. */
export const partOfHead =
  (fraction: number) =>
  (a: Architecture): number =>
    Math.floor(a.head_dim * (a.partial_rotary_factor ?? fraction));

/** `LlamaModel` and `LlamaForCausalLM` around the layers; a model whose config names a window has it in all of them, as `MistralModel` does. */
export const decoderModel = ({
  norm,
  rotaryWidth = (a) => a.head_dim,
  finalNorm = "norm",
  tables,
  makeTables = rotaryTables,
}: DecoderModel): Omit<Forward, "layer"> => ({
  buffers: (options) => frequencies(rotaryWidth(options.architecture), options),
  embed: (model, input_ids) => embedTokens(model, input_ids),
  context: (model, inputs_embeds, position_ids) => {
    const mask = windowMask(model.options, inputs_embeds).map(bind);
    const width = rotaryWidth(model.options.architecture);
    return [...makeTables({ width, dtype: tables ?? inputs_embeds.dtype }, position_ids), ...mask];
  },
  finalNorm: (model, hidden_states) => norm(model.final, finalNorm, hidden_states),
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
});

/** The parts of a layer with a norm before each branch. `branch`: applied to a branch before it is added (Granite's multiplier). */
export type PreNormLayer = Readonly<{
  norm: ModuleOf;
  mlp: ModuleOf;
  branch?: (x: Tensor) => Tensor;
  names?: readonly [string, string];
  contextOf?: (context: readonly Tensor[]) => LayerContext;
}> &
  (Omit<SelfAttention, "norm"> | Readonly<{ attend: Attend }>);

/** `LlamaDecoderLayer.forward`: norm, attention, residual; norm, MLP, residual. */
export const preNormLayer = (parts: PreNormLayer): Forward["layer"] => {
  const {
    norm,
    mlp,
    branch = (x) => x,
    names: [first, second] = ["input_layernorm", "post_attention_layernorm"],
    contextOf = layerContext,
  } = parts;
  const attend = "attend" in parts ? parts.attend : selfAttention(parts);
  return (layer: Loaded, context, residual) => {
    let hidden_states = bind(norm(layer, first, residual));
    const [attn_output] = bindAll(attend(layer, contextOf(context), hidden_states));
    unname(hidden_states);
    hidden_states = rebind(attn_output, add(residual, branch(attn_output)));
    const middle = hidden_states;
    hidden_states = bind(norm(layer, second, middle));
    hidden_states = rebind(hidden_states, mlp(layer, "mlp", hidden_states));
    return add(middle, branch(hidden_states));
  };
};

/** `Olmo2DecoderLayer.forward`: a norm after each branch, none before. */
export const postNormLayer = (parts: SelfAttention & Readonly<{ mlp: ModuleOf }>): Forward["layer"] => {
  const { norm, mlp } = parts;
  const attend = selfAttention(parts);
  return (layer, context, residual) => {
    let [hidden_states] = bindAll(attend(layer, layerContext(context), residual));
    hidden_states = rebind(hidden_states, norm(layer, "post_attention_layernorm", hidden_states));
    const middle = rebind(hidden_states, add(residual, hidden_states));
    hidden_states = bind(mlp(layer, "mlp", middle));
    hidden_states = rebind(hidden_states, norm(layer, "post_feedforward_layernorm", hidden_states));
    return add(middle, hidden_states);
  };
};

/** Names of the norms before and after attention, before and after the MLP. */
type SandwichNames = readonly [string, string, string, string];

const GEMMA_NORMS: SandwichNames = [
  "input_layernorm",
  "post_attention_layernorm",
  "pre_feedforward_layernorm",
  "post_feedforward_layernorm",
];

/** The parts of a layer with a norm before and after each branch. */
type SandwichLayer = SelfAttention & Readonly<{ mlp: ModuleOf; names?: SandwichNames }>;

/** `Gemma2DecoderLayer.forward`: a norm before and after each branch. */
export const sandwichLayer = (parts: SandwichLayer): Forward["layer"] => {
  const { norm, mlp, names: [first, second, third, fourth] = GEMMA_NORMS } = parts;
  const attend = selfAttention(parts);
  return (layer: Loaded, context, residual) => {
    let hidden_states = bind(norm(layer, first, residual));
    const [attn_output] = bindAll(attend(layer, layerContext(context), hidden_states));
    unname(hidden_states);
    hidden_states = rebind(attn_output, norm(layer, second, attn_output));
    const middle = rebind(hidden_states, add(residual, hidden_states));
    hidden_states = bind(norm(layer, third, middle));
    hidden_states = rebind(hidden_states, mlp(layer, "mlp", hidden_states));
    hidden_states = rebind(hidden_states, norm(layer, fourth, hidden_states));
    return add(middle, hidden_states);
  };
};

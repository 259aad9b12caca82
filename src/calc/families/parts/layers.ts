import type { Loaded } from "#calc/modules/loaded.ts";
import { add } from "#calc/tape/ops/arithmetic.ts";
import { bind, bindAll, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import {
  type LayerContext,
  layerContext,
  type ModuleOf,
  type SelfAttention,
  type Attend,
  selfAttention,
} from "./attention.ts";

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

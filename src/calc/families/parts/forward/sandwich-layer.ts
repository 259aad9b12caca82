import type { Loaded } from "#calc/modules/loaded.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll, rebind, unname } from "#calc/tape/scope.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext } from "./layer-context.ts";
import type { ModuleOf } from "./module-of.ts";
import { type SelfAttention, selfAttention } from "./self-attention.ts";

/** Names of the norms before and after attention, before and after the MLP. */
export type SandwichNames = readonly [string, string, string, string];

const GEMMA_NORMS: SandwichNames = [
  "input_layernorm",
  "post_attention_layernorm",
  "pre_feedforward_layernorm",
  "post_feedforward_layernorm",
];

/** The parts of a layer with a norm before and after each branch. */
export type SandwichLayer = SelfAttention & Readonly<{ mlp: ModuleOf; names?: SandwichNames }>;

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

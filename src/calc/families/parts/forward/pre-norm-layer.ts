import type { Loaded } from "#calc/modules/loaded.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { type LayerContext, layerContext } from "./layer-context.ts";
import type { ModuleOf } from "./module-of.ts";
import { type SelfAttention, type Attend, selfAttention } from "./self-attention.ts";

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

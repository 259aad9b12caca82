import { layerContext } from "./layer-context.ts";
import type { ModuleOf } from "./module-of.ts";
import { type SelfAttention, selfAttention } from "./self-attention.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll, rebind } from "#calc/tape/scope.ts";

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

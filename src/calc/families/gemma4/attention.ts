import type { Architecture } from "#calc/model/architecture.ts";
import { attention } from "#calc/modules/attention.ts";
import { gemma4Norm } from "#calc/modules/gemma4-norm.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { type Rotary, rotate } from "#calc/modules/rotary.ts";
import { share } from "#calc/modules/shared-states.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";

const typeOf = (kind: string): string => kind.slice(kind.lastIndexOf(" ") + 1);

/** Width of a head: layers with full attention may have wider ones. */
export const widthOf = (a: Architecture, kind: string): number =>
  typeOf(kind) === "full_attention" ? (a.global_head_dim ?? a.head_dim) : a.head_dim;

/** `Gemma4TextAttention.forward`: the last layers read the keys and values of the last earlier layer of their type that has its own. */
export const selfAttention = (layer: Loaded, context: readonly Tensor[], hidden_states: Tensor): Attended =>
  call(
    "self_attn",
    (x): Attended => {
      const { mask, ...tables } = layerContext(context);
      const width = widthOf(layer.architecture, layer.kind);
      const projected = (name: string): Tensor => bind(splitHeads(linear(layer, `self_attn.${name}`, x), width));
      const normed = (name: string, states: Tensor, rotary: Rotary | null): Tensor => {
        let held = rebind(states, gemma4Norm(layer, `self_attn.${name}`, states));
        if (rotary !== null)
          held = rebind(
            held,
            scoped(x.tape, () => rotate(held, rotary)),
          );
        return rebind(held, headsFirst(held));
      };
      const query = normed("q_norm", projected("q_proj"), tables);
      const shared = layer.shared?.states.get(typeOf(layer.kind));
      const ownStates = (): readonly [Tensor, Tensor] => {
        const k = projected("k_proj");
        const values = (): Tensor => (layer.linears.has("self_attn.v_proj") ? projected("v_proj") : bind(k));
        const early = layer.linears.has("laurel.linear_left") ? null : values();
        const key = normed("k_norm", k, tables);
        return [key, normed("v_norm", early ?? values(), null)];
      };
      const [key, value] = layer.kind.includes("shared_kv") && shared !== undefined ? shared : ownStates();
      if (layer.shared && layer.kind.includes("store")) share(layer.shared, typeOf(layer.kind), [key, value]);
      const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, { mask }));
      return [linear(layer, "self_attn.o_proj", attn_output), attn_weights];
    },
    hidden_states,
  );

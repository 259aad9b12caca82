import { attention } from "#calc/modules/attention.ts";
import { fusableLinears, fusedLora } from "#calc/modules/fused-lora.ts";
import type { Attended } from "#calc/modules/heads.ts";
import { groupsOf, headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import type { StepOptions } from "#calc/step/step-options.ts";
import { repeatHeads } from "#calc/tape/ops/matmul.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Attend } from "./self-attention.ts";

/** What versions and kernels do differently about Llama's attention. */
type OlderAttention = Readonly<{
  rotary: ApplyRotary;
  /** Whether keys and values are repeated for every query head before the kernel. */
  repeats: (attn_implementation: StepOptions["attn_implementation"]) => boolean;
  /** Adapters on 4-bit linears go through kernels of their own. */
  fused: boolean;
}>;

const PROJECTIONS = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];
const OUTPUT = "self_attn.o_proj";

const projected = (layer: Loaded, x: Tensor, fused: boolean): readonly Tensor[] => {
  const linears = fused ? fusableLinears(layer, PROJECTIONS) : null;
  return linears === null
    ? PROJECTIONS.map((name) => bind(linear(layer, name, x)))
    : fusedLora(linears, x, true).map(bind);
};

const projectedOut = (layer: Loaded, x: Tensor, fused: boolean): Tensor => {
  const linears = fused ? fusableLinears(layer, [OUTPUT]) : null;
  return linears === null ? linear(layer, OUTPUT, x) : (fusedLora(linears, x, false)[0] as Tensor);
};

/** `MistralFlashAttention2.forward` of transformers 4: the projections first, then heads, rotary embedding, attention, output projection. */
export const olderAttention =
  ({ rotary, repeats, fused }: OlderAttention): Attend =>
  (layer, context, hidden_states) =>
    call(
      "self_attn",
      (x): Attended => {
        const { head_dim } = layer.architecture;
        const names = projected(layer, x, fused);
        const [q, k, value] = names.map((states) => bind(headsFirst(splitHeads(states, head_dim)))) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        for (const name of names) unname(name);
        let [query, key] = bindAll(rotary(q, k, context));
        unname(q);
        unname(k);
        const groups = repeats(layer.options.attn_implementation) ? groupsOf({ query, key, value }) : 1;
        let repeated = value;
        if (groups > 1) {
          key = rebind(key, repeatHeads(key, groups));
          repeated = rebind(value, repeatHeads(value, groups));
        }
        const how = { mask: context.mask };
        const [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value: repeated }, how));
        return [projectedOut(layer, attn_output, fused), attn_weights];
      },
      hidden_states,
    );

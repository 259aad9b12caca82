import type { Heads } from "#calc/tape/tape.ts";
import { attention } from "#calc/modules/attention.ts";
import type { Attended } from "#calc/modules/heads.ts";
import type { NamedHeads } from "#calc/modules/in-heads.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import { bindAll, call, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Attend } from "./self-attention.ts";

/** The ways in which attention modules differ that project first and rotate whole heads. */
type ProjectedAttention = Readonly<{
  path: string;
  /** Makes queries, keys and values, in heads. */
  project: (layer: Loaded, x: Tensor) => NamedHeads;
  rotary: ApplyRotary;
  /** Applied to the heads before attention. */
  prepare?: (layer: Loaded, heads: Heads) => Heads;
  output: (layer: Loaded, attn_output: Tensor) => Tensor;
}>;

/** An attention module in this order: all projections, heads, rotary embedding, attention, output projection. */
export const projectedAttention =
  ({ path, project, rotary, prepare = (_, heads) => heads, output }: ProjectedAttention): Attend =>
  (layer, context, hidden_states) =>
    call(
      path,
      (x): Attended => {
        const [q, k, value] = project(layer, x);
        const [query, key] = bindAll(rotary(q, k, context));
        unname(q);
        unname(k);
        const heads = prepare(layer, { query, key, value });
        const [attn_output, attn_weights] = bindAll(attention(layer.options, heads, { mask: context.mask }));
        return [output(layer, attn_output), attn_weights];
      },
      hidden_states,
    );

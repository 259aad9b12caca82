import type { Architecture } from "#calc/architecture.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward } from "./forward.ts";

/** Whether the layer attends to all tokens. */
export const isFull = (kind: string): boolean => kind.endsWith("full_attention");

/**
 * Layers of two attentions: with eager attention a mask for each, of which a layer is handed its own. `kindOf` says which layer has which; the
 * second mask is made only where some layer of the model needs it.
 */
export const windows = (
  base: Forward,
  kindOf: (a: Architecture, index: number) => string,
): Pick<Forward, "attentionKind" | "context" | "choose"> => ({
  attentionKind: kindOf,
  context: (model, inputs_embeds, position_ids) => {
    const [cos, sin, full] = base.context(model, inputs_embeds, position_ids);
    if (cos === undefined || sin === undefined || full === undefined) return [cos, sin].filter((table) => table !== undefined);
    for (const tensor of [cos, sin, full]) bind(tensor);
    const slides = model.layers.some(({ kind }) => !isFull(kind));
    return [cos, sin, full, ...(slides ? causalMask(model.options, inputs_embeds) : [])];
  },
  choose: ({ kind }, [cos, sin, full, sliding]) =>
    [cos, sin, isFull(kind) ? full : sliding].filter((tensor): tensor is Tensor => tensor !== undefined),
});

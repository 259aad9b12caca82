import type { Architecture } from "#calc/architecture.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { rotaryTables } from "#calc/modules/rotary.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { frequencies } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";

/** Whether the layer attends to all tokens. */
const isFull = (kind: string): boolean => kind.endsWith("full_attention");

/**
 * Layers of two attentions: with eager attention a mask for each, of which a layer is handed its own. `kindOf` says which layer has which; the
 * second mask is made only where some layer of the model needs it, or `always`.
 */
export const windows = (
  base: Pick<Forward, "context">,
  kindOf: (a: Architecture, index: number) => string,
  always = false,
): Pick<Forward, "attentionKind" | "context" | "choose"> => ({
  attentionKind: kindOf,
  context: (model, inputs_embeds, position_ids) => {
    const own = base.context(model, inputs_embeds, position_ids).map(bind);
    const slides = always || model.layers.some(({ kind }) => !isFull(kind));
    return [...own, ...(slides ? causalMask(model.options, inputs_embeds) : [])];
  },
  choose: ({ kind }, [cos, sin, full, sliding]) =>
    [cos, sin, isFull(kind) ? full : sliding].filter((tensor): tensor is Tensor => tensor !== undefined),
});

/** As `windows`, where each of the two attentions has rotary tables of its own (Gemma 3, OLMo 3); those that no layer needs are not made. */
export const windowsWithTables = (
  kindOf: (a: Architecture, index: number) => string,
  { tables }: Readonly<{ tables?: "fp32" }> = {},
): Pick<Forward, "attentionKind" | "buffers" | "context" | "choose"> => ({
  attentionKind: kindOf,
  buffers: ({ architecture: a }) => {
    const kinds = new Set(Array.from({ length: a.num_hidden_layers }, (_, index) => kindOf(a, index)));
    return [...kinds].flatMap(() => frequencies(a.head_dim));
  },
  context: (model, inputs_embeds, position_ids) => {
    const masks = [...causalMask(model.options, inputs_embeds), ...causalMask(model.options, inputs_embeds)].map(bind);
    const wanted = { width: model.options.architecture.head_dim, dtype: tables ?? inputs_embeds.dtype };
    const full = rotaryTables(wanted, position_ids).map(bind);
    const kinds = new Set(model.layers.map(({ kind }) => kind));
    return [...full, ...(kinds.size > 1 ? rotaryTables(wanted, position_ids) : full), ...masks];
  },
  choose: ({ kind }, [cos, sin, slidingCos, slidingSin, full, sliding]) =>
    (isFull(kind) ? [cos, sin, full] : [slidingCos, slidingSin, sliding]).filter(
      (tensor): tensor is Tensor => tensor !== undefined,
    ),
});

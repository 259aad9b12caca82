import type { Architecture } from "#calc/model/architecture.ts";
import { causalMask } from "#calc/modules/causal-mask.ts";
import { rotaryTables } from "#calc/modules/rotary.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { frequencies } from "./decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";

/** Every fourth layer attends to all tokens, the others to a window. */
export const everyFourth = (_: Architecture, index: number): string =>
  (index + 1) % 4 === 0 ? "full_attention" : "sliding_attention";

/** Whether the layer attends to all tokens. */
const isFull = (kind: string): boolean => kind.endsWith("full_attention");

/**
 * Layers with full attention and layers with a window. Eager attention has a mask for each, and a layer takes its own. `kindOf` says which attention a layer
 * has. The window's mask is made only where some layer needs it, or `always`.
 */
export const windows = (
  base: Pick<Forward, "context">,
  kindOf: (a: Architecture, index: number) => string,
  always = false,
): Pick<Forward, "attentionKind" | "context" | "choose"> => ({
  attentionKind: kindOf,
  context: (model, inputs_embeds, ...ids) => {
    const own = base.context(model, inputs_embeds, ...ids).map(bind);
    const slides = always || model.layers.some(({ kind }) => !isFull(kind));
    return [...own, ...(slides ? causalMask(model.options, inputs_embeds) : [])];
  },
  choose: ({ kind }, [cos, sin, full, sliding]) =>
    [cos, sin, isFull(kind) ? full : sliding].filter((tensor): tensor is Tensor => tensor !== undefined),
});

/** As `windows`, but each attention has rotary tables of its own (Gemma 3, OLMo 3). The window's are made only where the model has both attentions. */
export const windowsWithTables = (
  kindOf: (a: Architecture, index: number) => string,
  {
    tables,
    width = (a) => a.head_dim,
  }: Readonly<{ tables?: "fp32"; width?: (a: Architecture, kind: string) => number }> = {},
): Pick<Forward, "attentionKind" | "buffers" | "context" | "choose"> => ({
  attentionKind: kindOf,
  buffers: (options) => {
    const { architecture: a, trainer } = options;
    // A module for each in version 4 of transformers, whether a layer asks for it or not.
    const kinds =
      trainer === undefined
        ? new Set(Array.from({ length: a.num_hidden_layers }, (_, index) => kindOf(a, index)))
        : ["full_attention", "sliding_attention"];
    return [...kinds].flatMap((kind) => frequencies(width(a, kind), options));
  },
  context: (model, inputs_embeds, position_ids) => {
    const masks = [...causalMask(model.options, inputs_embeds), ...causalMask(model.options, inputs_embeds)].map(bind);
    const tablesOf = (kind: string): readonly Tensor[] =>
      rotaryTables(
        { width: width(model.options.architecture, kind), dtype: tables ?? inputs_embeds.dtype },
        position_ids,
      ).map(bind);
    const full = tablesOf("full_attention");
    const kinds = new Set(model.layers.map(({ kind }) => isFull(kind)));
    return [...full, ...(kinds.size > 1 ? tablesOf("sliding_attention") : full), ...masks];
  },
  choose: ({ kind }, [cos, sin, slidingCos, slidingSin, full, sliding]) =>
    (isFull(kind) ? [cos, sin, full] : [slidingCos, slidingSin, sliding]).filter(
      (tensor): tensor is Tensor => tensor !== undefined,
    ),
});

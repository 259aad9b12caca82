// Layers with sliding windows beside layers with full attention: their masks and rotary tables.

import type { Architecture } from "#calc/model/architecture.ts";
import { causalMask, masksEveryLayer, windowMask } from "#calc/modules/attention.ts";
import { rotaryTables } from "#calc/modules/rotary.ts";
import { bind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { frequencies } from "./decoder.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";

/** Every fourth layer attends to all tokens, the others to a window. */
export const everyFourth = (_: Architecture, index: number): string =>
  (index + 1) % 4 === 0 ? "full_attention" : "sliding_attention";

/** Whether the layer attends to all tokens. */
const isFull = (kind: string): boolean => kind.endsWith("full_attention");

/** The model as its layers with full attention see it: without a window. */
const withoutWindow = (model: Model): Model => {
  const { windowMask: _, ...options } = model.options;
  return { ...model, options };
};

/** The mask of a layer, of those that there are: one for each attention, or the window's alone. */
const maskOf = ({ kind, options }: Loaded, masks: readonly (Tensor | undefined)[]): Tensor | undefined => {
  if (!masksEveryLayer(options)) return isFull(kind) ? undefined : masks[0];
  return masks[isFull(kind) ? 0 : 1];
};

const present = (tensor: Tensor | undefined): tensor is Tensor => tensor !== undefined;

/**
 * Layers with full attention and layers with a window. Eager attention has a mask for each, and a layer takes its own; kernels have the window's, where rows reach it.
 * `kindOf` says which attention a layer has. The window's mask is made only where some layer needs it, or `always`.
 */
export const windows = (
  base: Pick<Forward, "context">,
  kindOf: (a: Architecture, index: number) => string,
  always = false,
): Pick<Forward, "attentionKind" | "context" | "choose"> => ({
  attentionKind: kindOf,
  context: (model, inputs_embeds, ...ids) => {
    const own = base.context(withoutWindow(model), inputs_embeds, ...ids).map(bind);
    const slides = always || model.layers.some(({ kind }) => !isFull(kind));
    return [...own, ...(slides ? windowMask(model.options, inputs_embeds) : [])];
  },
  choose: (layer, [cos, sin, ...masks]) => [cos, sin, maskOf(layer, masks)].filter(present),
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
    const masks = [...causalMask(model.options, inputs_embeds), ...windowMask(model.options, inputs_embeds)].map(bind);
    const tablesOf = (kind: string): readonly Tensor[] =>
      rotaryTables(
        { width: width(model.options.architecture, kind), dtype: tables ?? inputs_embeds.dtype },
        position_ids,
      ).map(bind);
    const full = tablesOf("full_attention");
    const kinds = new Set(model.layers.map(({ kind }) => isFull(kind)));
    return [...full, ...(kinds.size > 1 ? tablesOf("sliding_attention") : full), ...masks];
  },
  choose: (layer, [cos, sin, slidingCos, slidingSin, ...masks]) =>
    [...(isFull(layer.kind) ? [cos, sin] : [slidingCos, slidingSin]), maskOf(layer, masks)].filter(present),
});

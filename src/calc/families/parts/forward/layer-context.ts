import { assert } from "#calc/base/assert.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** The inputs of a layer beside the hidden states: rotary tables, and the mask that eager attention adds. */
export type LayerContext = Readonly<{ cos: Tensor; sin: Tensor; mask: Tensor | null }>;

/** Reads [cos, sin, mask]; the mask is there with eager attention only. */
export const layerContext = ([cos, sin, mask]: readonly Tensor[]): LayerContext => {
  assert(cos !== undefined && sin !== undefined, "layers are handed rotary tables");
  return { cos, sin, mask: mask ?? null };
};

/** Reads [mask]: attention without positions has no tables. */
export const unrotatedContext = ([mask]: readonly Tensor[]): LayerContext => ({ mask: mask ?? null }) as LayerContext;

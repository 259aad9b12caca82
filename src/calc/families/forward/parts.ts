import type { Loaded } from "#calc/modules/loaded.ts";
import type { Rotary } from "#calc/modules/rotary.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** A module of a layer, called by its path. */
export type ModuleOf = (loaded: Loaded, name: string, x: Tensor) => Tensor;

/** Rotary embedding of queries and keys, which are names of the calling function. */
export type RotaryOf = (q: Tensor, k: Tensor, rotary: Rotary) => readonly [query: Tensor, key: Tensor];

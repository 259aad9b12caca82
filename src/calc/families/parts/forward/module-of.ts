import type { Loaded } from "#calc/modules/loaded.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** A module of a layer, called by its path. */
export type ModuleOf = (loaded: Loaded, name: string, x: Tensor) => Tensor;

import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { baseLinear } from "./base-linear.ts";
import type { Loaded, LoadedLinear } from "./loaded.ts";
import { linearOf } from "./loaded.ts";

/** Calls a linear: with its adapter, if it has one. */
export const applyLinear = (module: LoadedLinear, x: Tensor): Tensor => {
  const { name, adapter } = module;
  return adapter === null
    ? baseLinear(module, x)
    : call(name, (input) => adapter.tuner.forward(module, adapter, input), x);
};

/** `self.name(x)` for a linear of the layer. */
export const linear = (loaded: Loaded, name: string, x: Tensor): Tensor => applyLinear(linearOf(loaded, name), x);

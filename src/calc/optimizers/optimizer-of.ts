import { assert } from "#calc/base/assert.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import type { Optimizer } from "./optimizer.ts";

/** The optimizers that an engine was made with, by transformers' names of `optim`. */
export type Optimizers = Readonly<Partial<Record<OptimizerId, Optimizer>>>;

/**
 * The optimizer of that name.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const optimizerOf = (optimizers: Optimizers, id: OptimizerId): Optimizer => {
  const optimizer = optimizers[id];
  assert(optimizer !== undefined, `somebody knows the optimizer ${id}`);
  return optimizer;
};

import type { OptimizerId } from "#calc/model/scenario.ts";
import { adamw8bit } from "./adamw-8bit.ts";
import { adamwForeach, adamwFused } from "./adamw.ts";
import type { Optimizer } from "./optimizer.ts";

const KNOWN = new Map<string, Optimizer>();

/** Makes optimizers known, by transformers' names of `optim`. */
export const addOptimizers = (optimizers: Readonly<Partial<Record<OptimizerId, Optimizer>>>): void => {
  for (const [id, optimizer] of Object.entries(optimizers)) KNOWN.set(id, optimizer);
};

addOptimizers({ adamw_torch: adamwForeach, adamw_torch_fused: adamwFused, adamw_bnb_8bit: adamw8bit });

/** Whether the optimizer is here: those of the stacks from the start, all other once `all-optimizers.ts` has been loaded. */
export const isOptimizerKnown = (id: OptimizerId): boolean => KNOWN.has(id);

/** The optimizer of that name; fused AdamW in its place until it has been loaded. */
export const optimizerOf = (id: OptimizerId): Optimizer => KNOWN.get(id) ?? adamwFused;

import { NOTHING } from "#calc/formula/amount.ts";
import { shardOf } from "#calc/parallel/placement.ts";
import type { Holdings } from "./holdings.ts";
import type { Parts } from "./parts.ts";

/** Which gradients are there: none, all, or those of earlier micro steps (all with accumulation, none without). */
export type GradientsThere = "none" | "accumulated" | "all";

/** What does not come and go within a moment: weights, adapters, optimizer states, token ids, and the gradients that are there. */
export const standing = (holdings: Holdings, there: GradientsThere): Parts => {
  const isAccumulating = holdings.scenario.gradient_accumulation_steps > 1;
  const hasGradients = there === "all" || (there === "accumulated" && isAccumulating);
  return {
    weights: holdings.weights,
    adapters: holdings.adapters,
    gradients: hasGradients ? shardOf(holdings.gradients.all, holdings.gradientShards) : NOTHING,
    optimizer: holdings.optimizer,
    activations: holdings.activations.inputs,
    logits: NOTHING,
    workspace: holdings.standingWorkspace,
  };
};

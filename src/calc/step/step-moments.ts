import { NOTHING, plus } from "#calc/formula/amount.ts";
import { backwardMoment } from "./backward.ts";
import { forwardMoment } from "./forward.ts";
import type { Holdings } from "./holdings.ts";
import { NO_PARTS, type StepMoment } from "./parts.ts";
import { standing } from "./standing.ts";

/** The model just loaded, before anything ran. */
const loadMoment = ({ weights, adapters }: Holdings): StepMoment => {
  const parts = { ...NO_PARTS, weights, adapters };
  return { id: "load", live: parts, peak: parts };
};

/** The optimizer's step: gradients, states and its temporaries. */
const stepMoment = (holdings: Holdings): StepMoment => {
  const live = standing(holdings, "all");
  return { id: "step", live, peak: { ...live, workspace: plus(live.workspace, holdings.optimizerTemporaries) } };
};

/** `zero_grad`: gradients are there when it begins, gone when it ends. */
const zeroMoment = (holdings: Holdings): StepMoment => ({
  id: "zero",
  live: standing(holdings, "none"),
  peak: { ...standing(holdings, "all"), logits: NOTHING },
});

/** The moments of the second step, in order. */
export const stepMoments = (holdings: Holdings): readonly StepMoment[] => [
  loadMoment(holdings),
  forwardMoment(holdings),
  backwardMoment(holdings),
  stepMoment(holdings),
  zeroMoment(holdings),
];

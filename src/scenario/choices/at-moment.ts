import { onCardByRule } from "#calc/card/on-card.ts";
import { withOnCard } from "#calc/card/with-on-card.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment } from "#calc/model/whole-run.ts";
import { termsOfAlive } from "#calc/whole-run.ts";

type Stepped = Readonly<{ scenario: Scenario; estimate: MemoryEstimate }>;

/** The estimate of a step with what a moment outside it has in its place, term by term. What it takes beside PyTorch's peak goes by the rule. */
export const atMoment = (
  { estimate, scenario: { gpus } }: Stepped,
  { peakBytes, alive }: Pick<RunMoment, "peakBytes" | "alive">,
): MemoryEstimate => {
  const perTerm = termsOfAlive(alive);
  const terms = estimate.terms.map((term) =>
    term.id === "framework" ? term : { ...term, bytes: perTerm[term.id], formula: [] },
  );
  return withOnCard({ ...estimate, peakBytes, terms }, onCardByRule(peakBytes, gpus), gpus);
};

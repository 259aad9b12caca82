import { plus } from "#calc/base/formula/amount.ts";
import type { MomentOf } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { NO_AMOUNTS, type TermAmounts } from "./term-amounts.ts";
import { buffersOf, standingTerms } from "./standing-terms.ts";
import { stateAtEndOf } from "./strategy-of.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { walk } from "./walk.ts";
import { nameWidths } from "./width-names.ts";
import type { Workings } from "./workings.ts";

/** The moments of the last micro step that the tape runs, and what is alive after the last of them, backward. */
const tapeMoments = (
  scenario: Scenario,
  compiled: CompiledStep,
  holdings: Holdings,
): Readonly<{ ofTape: readonly MomentOf<TermAmounts>[]; after: TermAmounts }> => {
  const nameWidth = nameWidths(scenario);
  const { lastMoments, amountsAt } = walk(compiled, standingTerms(compiled, holdings), scenario);
  const ofTape = lastMoments.map(({ id, live, peak }) => ({
    id,
    live: amountsAt(live.point, nameWidth),
    peak: amountsAt(peak.point, nameWidth),
  }));
  return { ofTape, after: ofTape.at(-1)?.live ?? NO_AMOUNTS };
};

/**
 * The moments of the second step, in order. Those between loading and the optimizer's step are the tape's last micro step. `holdings` has what is alive all
 * through the step: weights in their own format, adapters, optimizer states, cuBLAS's workspaces, buffers of communication.
 */
export const stepMoments = (
  workings: Workings,
  { scenario, machine }: StepInput,
  holdings: Holdings,
): readonly MomentOf<TermAmounts>[] => {
  const compiledFor = (of: Scenario): CompiledStep => workings.compiledStep(tapeOptionsOf(workings, of, machine));
  const compiled = compiledFor(scenario);
  const { ofTape, after } = tapeMoments(scenario, compiled, holdings);
  const end = stateAtEndOf(workings, scenario);
  const live = end === scenario ? after : tapeMoments(end, compiledFor(end), holdings).after;
  const { weights, adapters, optimizerTemporaries } = holdings;
  const loaded: TermAmounts = { ...NO_AMOUNTS, weights, adapters, workspace: buffersOf(compiled) };
  return [
    { id: "load", live: loaded, peak: loaded },
    ...ofTape,
    { id: "step", live, peak: { ...live, workspace: plus(live.workspace, optimizerTemporaries) } },
    { id: "zero", live: { ...live, gradients: holdings.gradients }, peak: live },
  ];
};

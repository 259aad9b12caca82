import { plus } from "#calc/base/formula/amount.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { CompiledStep } from "./compiled-step.ts";
import type { Holdings, StepInput } from "./holdings.ts";
import { NO_PARTS, type Parts, type StepMoment } from "./parts.ts";
import { buffersOf, standingParts } from "./standing-parts.ts";
import { stateAtEndOf } from "./strategy-of.ts";
import { tapeOptionsOf } from "./tape-options.ts";
import { walk, type WalkedMoment } from "./walk.ts";
import type { Workings } from "./workings.ts";

/** Forward and backward of the last micro step that the tape runs. */
const tapeMoments = (
  scenario: Scenario,
  compiled: CompiledStep,
  holdings: Holdings,
): readonly [forward: StepMoment, backward: StepMoment] => {
  const { moments, amountsAt } = walk(compiled, standingParts(compiled, holdings), scenario);
  const momentOf = ({ id, live, peak }: WalkedMoment): StepMoment => ({
    id,
    live: amountsAt(live),
    peak: amountsAt(peak),
  });
  const [forward, backward] = moments.slice(-2) as [WalkedMoment, WalkedMoment];
  return [momentOf(forward), momentOf(backward)];
};

/**
 * The moments of the second step, in order; forward and backward are those of the last micro step, from the tape. What stands through the whole
 * step (weights in whatever format, adapters, optimizer states, the machine's own workspace, buffers of communication) comes from `holdings`.
 */
export const stepMoments = (
  workings: Workings,
  { scenario, machine }: StepInput,
  holdings: Holdings,
): readonly StepMoment[] => {
  const compiledFor = (of: Scenario): CompiledStep => workings.compiledStep(tapeOptionsOf(workings, of, machine));
  const compiled = compiledFor(scenario);
  const [forward, backward] = tapeMoments(scenario, compiled, holdings);
  const end = stateAtEndOf(workings, scenario);
  const { live } = end === scenario ? backward : tapeMoments(end, compiledFor(end), holdings)[1];
  const { weights, adapters, optimizerTemporaries } = holdings;
  const loaded: Parts = { ...NO_PARTS, weights, adapters, workspace: buffersOf(compiled) };
  return [
    { id: "load", live: loaded, peak: loaded },
    forward,
    backward,
    { id: "step", live, peak: { ...live, workspace: plus(live.workspace, optimizerTemporaries) } },
    { id: "zero", live: { ...live, gradients: holdings.gradients }, peak: live },
  ];
};

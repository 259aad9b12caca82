import { once } from "#calc/base/once.ts";
import { estimated } from "#calc/model/estimated.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { RunMoment, RunMomentId, WholeRun } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { askedRun } from "#scenario/choices/asked-run.ts";
import { otherRule } from "#scenario/choices/other-rule.ts";
import type { Choices } from "#scenario/keys/choices.ts";

/** A run without the moments that are known only as another library runs them, which are `unknown`. */
type KnownRun = WholeRun & Readonly<{ unknown: readonly RunMomentId[] }>;

/** The run that is asked for: made when somebody first asks, and once. null where no moment outside the training step is asked for. */
export type AskedWholeRun = (() => KnownRun) | null;

/** The whole run that choices ask for, of the scenario that they come to: the moments whose figures are this library's own, since others decide nothing. */
export const runOf = (choices: Choices, scenario: Scenario): AskedWholeRun => {
  const asked = askedRun(choices, scenario);
  if (asked === null) return null;
  return once(() => {
    const run = wholeRun(ENGINE, { scenario, step: estimated(ENGINE.estimate(scenario)), asked });
    const isOwn = ({ id }: RunMoment): boolean => otherRule(id, { choices, scenario }) === null;
    const unknown = run.moments.filter((moment) => !isOwn(moment)).map(({ id }) => id);
    return { ...run, moments: run.moments.filter(isOwn), unknown };
  });
};

/** The moment outside the training step that allocates most; null where there is none. */
export const highestOutside = ({ moments }: WholeRun): RunMoment | null =>
  moments
    .filter(({ id }) => id !== "step")
    .reduce<RunMoment | null>((best, each) => (best === null || each.peakBytes > best.peakBytes ? each : best), null);

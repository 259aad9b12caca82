import { CUDA, type Machine } from "#calc/base/machine.ts";
import { estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { AskedRun, RunMoment, RunMomentId } from "#calc/model/whole-run.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";

const NOTHING: AskedRun = { evaluation: null, loading: "none", saving: "none", merge: "none", resumes: false };

/** The moments of a run of which a test asks for some, by their names. */
export const askedRun = (
  scenario: Scenario,
  asked: Partial<AskedRun>,
  machine: Machine = CUDA,
): Partial<Record<RunMomentId, RunMoment>> => {
  const step = estimated(ENGINE.estimate(scenario, machine));
  const { moments } = wholeRun(ENGINE, { scenario, step, asked: { ...NOTHING, ...asked } }, machine);
  return Object.fromEntries(moments.map((moment) => [moment.id, moment]));
};

/** One of them, which was asked for. */
export const momentOf = (scenario: Scenario, id: RunMomentId, asked: Partial<AskedRun>): RunMoment => {
  const moment = askedRun(scenario, asked)[id];
  if (moment === undefined) throw new Error(`${id} is asked for`);
  return moment;
};

/** Bytes of each name that is alive at the highest point. */
export const aliveAt = ({ alive }: RunMoment): Readonly<Record<string, number>> =>
  Object.fromEntries(alive.map(({ name, bytes }) => [name, bytes]));

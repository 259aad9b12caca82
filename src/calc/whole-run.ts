// A whole run on each GPU: loading, generation, the training step, evaluation, saving and merging, moment by moment.

import { boundedCache, onceForEach } from "#calc/base/caches.ts";
import { CUDA, type Machine } from "#calc/base/machine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { AskedRun, Completions, Evaluation, RunMoment, WholeRun } from "#calc/model/whole-run.ts";
import { ALLOCATED_TERM_IDS } from "#calc/model/terms.ts";
import { settledScenario } from "./step/settled-scenario.ts";
import type { Engine } from "./engine.ts";
import { MOMENTS_AFTER_STEP, MOMENTS_BEFORE_STEP } from "./run/all-moments.ts";
import { createDevice } from "./run/device-memory.ts";
import { evaluationMoments } from "./run/evaluation.ts";
import { generateOn } from "./run/generation.ts";
import type { LoopMoment } from "./run/evaluation-loop.ts";
import type { MakeRunMoment, RunInput } from "./run/run-moment.ts";
import type { Workings } from "./step/workings.ts";

export { termOfName, termsOfAlive } from "./run/device-memory.ts";

/** The training step as a moment of the run: its highest moment, and what is left after the last. */
const stepMoment = ({ peakBytes, moments, terms, hostBytes }: MemoryEstimate): RunMoment => ({
  id: "step",
  liveBytes: moments.at(-1)?.liveBytes ?? peakBytes,
  peakBytes,
  alive: ALLOCATED_TERM_IDS.flatMap((name) => {
    const term = terms.find(({ id }) => id === name);
    return term === undefined || term.bytes === 0 ? [] : [{ name, bytes: term.bytes }];
  }).toSorted((one, other) => other.bytes - one.bytes),
  hostBytes,
  basis: "run",
});

/** What a run is asked about: the scenario of its step, the answer to that, and the moments outside it. */
export type RunQuestion = Readonly<{ scenario: Scenario; step: MemoryEstimate; asked: AskedRun }>;

const made = (makers: readonly MakeRunMoment[], input: RunInput): readonly RunMoment[] =>
  makers.flatMap((make) => make(input) ?? []);

const makeRun = (workings: Workings, { scenario, step, asked }: RunQuestion, machine: Machine): WholeRun => {
  const settled = settledScenario(workings, scenario, { ...scenario, machine });
  const input = { workings, scenario: settled, unsettled: scenario, step, asked, machine };
  const ofStep = stepMoment(step);
  const moments = [...made(MOMENTS_BEFORE_STEP, input), ofStep, ...made(MOMENTS_AFTER_STEP, input)];
  const highest = moments.reduce((best, each) => (each.peakBytes > best.peakBytes ? each : best), ofStep);
  return { peakBytes: highest.peakBytes, peakMoment: highest.id, moments };
};

/** The most that is remembered for each engine: the answer and its advice ask the same, and so does each search of advice. */
const MOST = 64;

type Remember = ReturnType<typeof boundedCache<Architecture, WholeRun>>;

const remembered = onceForEach<Workings, Remember>(() => boundedCache(MOST));

/**
 * A whole run on each GPU: loading, the training step, evaluation, saving, merging, as far as they are asked for. Each moment has what PyTorch allocates, as the
 * step has it. Made once for a scenario and what is asked of it.
 *
 * @throws Error where `engine.estimate` refuses the scenario: `step` is its answer
 */
export const wholeRun = (engine: Engine, question: RunQuestion, machine: Machine = CUDA): WholeRun =>
  engine.within((workings) => {
    const { architecture, ...rest } = question.scenario;
    const text = JSON.stringify([rest, question.asked, machine]);
    return remembered(workings)(architecture, text, () => makeRun(workings, question, machine));
  });

/** An evaluation after the step of a scenario, point by point of the trainer's loop: what is held against PyTorch. */
export const evaluationPoints = (
  engine: Engine,
  { scenario, evaluation }: Readonly<{ scenario: Scenario; evaluation: Evaluation }>,
  machine: Machine = CUDA,
): readonly LoopMoment[] =>
  engine.within((workings) => {
    const settled = settledScenario(workings, scenario, { ...scenario, machine });
    return evaluationMoments({ workings, scenario: settled, unsettled: scenario, machine }, evaluation);
  });

/** What generating completions before a step takes at its highest, beyond what was there when it began: what is held against PyTorch. */
export const generationBytes = (
  engine: Engine,
  { scenario, completions }: Readonly<{ scenario: Scenario; completions: Completions }>,
  machine: Machine = CUDA,
): number =>
  engine.within((workings) => generateOn(createDevice(), { workings, scenario, machine, completions }).peakBytes);

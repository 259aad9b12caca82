import { once } from "#calc/base/caches.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import type { Side } from "./known-reason.ts";
import type { LeftOutRun } from "./left-out-run.ts";
import { comparableBytes, measuredBytes } from "./like-with-like.ts";
import type { MeasuredRun } from "./measured-run.ts";
import { isNotMapped, type NotMapped } from "./not-mapped.ts";
import { type ReplayedRun, replayedRun } from "./replayed-run.ts";
import { runChoices } from "./run-choices.ts";
import { runScenario } from "./run-scenario.ts";

/** A measurement and what we say of the same run. */
export type HeldRun = Readonly<{
  run: MeasuredRun;
  choices: Choices;
  /** To the same choices, from its `?` on. */
  link: string;
  scenario: Scenario;
  /** By the rule for what is on the card. */
  estimate: MemoryEstimate;
  /** What its allocator holds on the run's card, found out where it is asked for; null where there is no replay. */
  replayed: () => ReplayedRun | null;
  /** The figure of the estimate that the metric is of. */
  predictedBytes: number;
  measuredBytes: number;
  /** (predicted − measured) / measured */
  errorFraction: number;
}>;

/** Predicts a run, and holds the prediction against what was measured: like with like. */
export const holdRun = (run: MeasuredRun): HeldRun | LeftOutRun => {
  const choices: Choices | NotMapped = runChoices(run);
  if (isNotMapped(choices)) return { run, why: choices.why };
  const scenario = runScenario(choices, run);
  const estimate = ENGINE.estimate(scenario);
  if ("refused" in estimate) return { run, why: estimate.sentence };
  const replayed = once(() => replayedRun(run, scenario));
  const predictedBytes = comparableBytes(run, estimate, replayed);
  const measured = measuredBytes(run, predictedBytes);
  if (measured === null) return { run, why: "its source gives no figure" };
  return {
    run,
    choices,
    link: encodeLink(choices),
    scenario,
    estimate,
    replayed,
    predictedBytes,
    measuredBytes: measured,
    errorFraction: predictedBytes / measured - 1,
  };
};

/** On which side of the measurement the prediction is. */
export const sideOf = ({ errorFraction }: Pick<HeldRun, "errorFraction">): Side =>
  errorFraction < 0 ? "below" : "above";

import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { livePeak, neededBytes } from "#calc/allocator/reservation.ts";
import { replaysUnderLimits } from "#calc/allocator/replay.ts";
import { contextAndNcclBytes } from "#calc/card/fit.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import type { MeasuredRun } from "./measured-run.ts";
import { runGpu } from "./run-gpu.ts";

/** What is predicted that the allocator of a run holds on its card. */
export type ReplayedRun = Readonly<{
  /** The most at any time: `max_memory_reserved`. */
  mostBytes: number;
  /** What is held from step to step, also where more was given back once: nvidia-smi is read now and then. */
  heldBytes: number;
  /** The least with which the run goes on. */
  neededBytes: () => number;
}>;

/** What cudaMalloc can give on the run's card; no limit where its source names none. */
const limitOf = (run: MeasuredRun, gpus: number): number => {
  const gpu = runGpu(run);
  return gpu === null ? Infinity : answerGpu(gpu, FULL_CATALOG).usableBytes - contextAndNcclBytes(gpus);
};

/** A run's allocator, replayed on the run's card; null where there is no replay, or memory is out in it. */
export const replayedRun = (run: MeasuredRun, scenario: Scenario): ReplayedRun | null => {
  const asked = ENGINE.allocatorRun(scenario);
  if (asked === null) return null;
  const replays = replaysUnderLimits(asked, DEFAULT_ALLOCATOR_SETTINGS);
  const { reservedPeak, reserved, outOfMemory } = replays.under(limitOf(run, scenario.gpus)).replayed;
  if (outOfMemory !== null) return null;
  return { mostBytes: reservedPeak, heldBytes: reserved, neededBytes: neededBytes(replays, livePeak(asked)) };
};

import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator-settings.ts";
import { replay, type Replayed } from "#calc/allocator/replay.ts";
import { GIB } from "#calc/base/quantity.ts";
import { FRAMEWORK } from "#calc/card/on-card.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { HeldRun } from "./held-run.ts";
import { contextBytes } from "./like-with-like.ts";
import { heldGib, reservedGib } from "./measured-pairs.ts";
import type { MeasuredRun } from "./measured-run.ts";
import { runGpu } from "./run-gpu.ts";

/** What the allocator was seen to hold in a run on one GPU, and what is said of it. */
export type SeenRun = Readonly<{
  run: MeasuredRun;
  /** `max_memory_reserved`, or nvidia-smi without the CUDA context. */
  metric: "reserved" | "nvidia-smi";
  measuredBytes: number;
  /** By the rule, a factor on the peak. */
  ruleBytes: number;
  /** By the replay, on the run's card; null where it does not apply. */
  replayedBytes: number | null;
}>;

/** The figure of a run, and what gave it; null where nothing did. */
const seenOf = ({ run, measuredBytes }: HeldRun): Pick<SeenRun, "metric" | "measuredBytes"> | null => {
  const beside = { reserved: reservedGib(run), shown: heldGib(run) };
  if (run.metric_class === "reserved") return { metric: "reserved", measuredBytes };
  if (run.metric_class === "nvidia-smi")
    return { metric: "nvidia-smi", measuredBytes: measuredBytes - contextBytes(run) };
  if (beside.reserved !== null) return { metric: "reserved", measuredBytes: beside.reserved * GIB };
  return beside.shown === null ? null : { metric: "nvidia-smi", measuredBytes: beside.shown * GIB };
};

/** What cudaMalloc can give on the run's card; null where its source names none. */
const limitOf = (run: MeasuredRun): number | null => {
  const gpu = runGpu(run);
  return gpu && answerGpu(gpu, FULL_CATALOG).usableBytes - FRAMEWORK.contextGib * GIB;
};

/** `max_memory_reserved` is the most that was held. nvidia-smi is read now and then: what is held from step to step, also where more was given back once. */
const heldBytes = (metric: SeenRun["metric"], { reservedPeak, reserved }: Replayed): number =>
  metric === "reserved" ? reservedPeak : reserved;

/** What a run on one GPU with exact tokens was seen to hold, if anything was, beside what is said of it. */
export const seenRun = (held: HeldRun): SeenRun | null => {
  const { run, scenario, estimate } = held;
  const seen = run.num_gpus > 1 || run.seq_len_kind !== "exact" ? null : seenOf(held);
  if (seen === null) return null;
  const asked = ENGINE.allocatorRun(scenario);
  const replayed = asked && replay(asked, { ...DEFAULT_ALLOCATOR_SETTINGS, limitBytes: limitOf(run) });
  return {
    run,
    ...seen,
    ruleBytes: estimate.reservedBytes,
    replayedBytes: replayed === null || replayed.outOfMemory !== null ? null : heldBytes(seen.metric, replayed),
  };
};

import { GIB } from "#calc/base/bytes.ts";
import { FRAMEWORK_INPUTS } from "#calc/card/fit.ts";
import type { HeldRun } from "./held-run.ts";
import { contextBytes } from "./like-with-like.ts";
import { heldGib, reservedGib } from "./measured-pairs.ts";
import type { MeasuredRun } from "./measured-run.ts";

/** What the allocator was seen to hold in a run, and what is said of it. */
export type SeenRun = Readonly<{
  run: MeasuredRun;
  /** `max_memory_reserved`, or nvidia-smi without the CUDA context, and without NCCL where there are several GPUs. */
  metric: "reserved" | "nvidia-smi";
  measuredBytes: number;
  /** What is predicted to be allocated at the highest moment. */
  peakBytes: number;
  /** By the rule, a factor on the peak. */
  ruleBytes: number;
  /** By the replay, on the run's card; null where it does not apply. */
  replayedBytes: number | null;
  /** The least with which the run goes on: by the replay, and by the rule where that does not apply. */
  neededBytes: number;
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

/** What is said of what a run is seen to hold, and needs. */
type Said = Pick<SeenRun, "peakBytes" | "ruleBytes" | "replayedBytes" | "neededBytes">;

const saidOf = ({ estimate, replayed }: HeldRun, metric: SeenRun["metric"]): Said => {
  const { peakBytes, reservedBytes: ruleBytes } = estimate;
  const all = replayed();
  if (all === null)
    return {
      peakBytes,
      ruleBytes,
      replayedBytes: null,
      neededBytes: (1 + FRAMEWORK_INPUTS.reserveFraction) * peakBytes,
    };
  return {
    peakBytes,
    ruleBytes,
    replayedBytes: metric === "reserved" ? all.mostBytes : all.heldBytes,
    neededBytes: all.neededBytes(),
  };
};

/** What a run with exact tokens was seen to hold, if anything was, beside what is said of it. */
export const seenRun = (held: HeldRun): SeenRun | null => {
  const seen = held.run.seq_len_kind === "exact" ? seenOf(held) : null;
  return seen && { run: held.run, ...seen, ...saidOf(held, seen.metric) };
};

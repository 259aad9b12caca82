import { FRAMEWORK_INPUTS } from "#calc/card/fit.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { GIB } from "#calc/base/bytes.ts";
import type { MeasuredRun, MetricClass } from "./measured-run.ts";
import type { ReplayedRun } from "./replayed-run.ts";

const MB = 1e6;

/** A CUDA context that the source measured by itself, else what a context usually takes. */
export const contextBytes = ({ metric, num_gpus }: MeasuredRun): number => {
  const stated = Number(/kernels: (\d+) MB/.exec(metric)?.[1]);
  const gib = FRAMEWORK_INPUTS.contextGib + FRAMEWORK_INPUTS.ncclGib(num_gpus);
  return Number.isFinite(stated) ? stated * MB : gib * GIB;
};

/** Of which figure each metric is: the peak, the most that the allocator holds, or what it holds from step to step and what is beside it. */
const FIGURES: Readonly<Record<MetricClass, "peak" | "most" | "held">> = {
  allocated: "peak",
  active: "peak",
  "active?": "peak",
  reserved: "most",
  "nvidia-smi": "held",
  dashboard: "held",
  unknown: "held",
};

/**
 * The figure that a measurement's metric is to be held against: allocated against the peak, reserved against what the allocator holds, by the rule where it is
 * not replayed; what nvidia-smi shows, and figures whose source does not name its tool, against that + CUDA context (+ NCCL). torch's `active` bytes are those
 * of blocks in use, as `allocated` is.
 *
 * @returns bytes
 * @see torch.cuda.memory_stats: `active` counts blocks that are allocated or wait to be freed by another stream
 */
export const comparableBytes = (
  run: MeasuredRun,
  { peakBytes, reservedBytes }: MemoryEstimate,
  replayed: () => ReplayedRun | null,
): number => {
  const figure = FIGURES[run.metric_class];
  if (figure === "peak") return peakBytes;
  const all = replayed();
  return figure === "most" ? (all?.mostBytes ?? reservedBytes) : (all?.heldBytes ?? reservedBytes) + contextBytes(run);
};

/** What was measured, in bytes; where the unit is not clear, the reading that is nearer to the prediction; null where there is none. */
export const measuredBytes = (
  { measured_peak_gib, measured_gib_range }: Pick<MeasuredRun, "measured_peak_gib" | "measured_gib_range">,
  predictedBytes: number,
): number | null => {
  const readings = measured_peak_gib === null ? (measured_gib_range ?? []) : [measured_peak_gib];
  const inBytes = readings.map((gib) => gib * GIB);
  const byDistance = inBytes.toSorted(
    (one, other) => Math.abs(one - predictedBytes) - Math.abs(other - predictedBytes),
  );
  return byDistance[0] ?? null;
};

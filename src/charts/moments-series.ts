import { GIB } from "#calc/quantity.ts";
import type { MemoryEstimate, MomentId, TermId } from "#calc/memory-estimate.ts";
import { axisEnd } from "./axis-end.ts";
import { axisTicks } from "./axis-ticks.ts";

/** Bottom to top: what stays lies at the bottom, so that what moves is on top. */
export const MOMENT_STACK: readonly TermId[] = [
  "framework",
  "weights",
  "adapters",
  "optimizer",
  "gradients",
  "activations",
  "logits",
  "workspace",
];

/** The phases of a step, as the axis names them. */
const MOMENT_LABELS: Readonly<Record<MomentId, string>> = {
  load: "Load",
  forward: "Forward",
  backward: "Backward",
  step: "Step",
  zero: "After",
};

/** One moment on the card: its parts in `MOMENT_STACK` order, and their sum. All in GiB. */
export type MomentBar = Readonly<{
  id: MomentId;
  label: string;
  isPeak: boolean;
  totalGib: number;
  /** `topGib`: where the part ends, with all that lies under it. */
  parts: readonly Readonly<{ id: TermId; gib: number; topGib: number }>[];
}>;

/** What the chart of the moments draws. */
export type MomentsSeries = Readonly<{ bars: readonly MomentBar[]; endGib: number; ticks: readonly number[] }>;

/** Room for the labels of the value axis, as `axisTicks` counts it: about six of them. */
const TICK_ROOM = 420;
/** What stays free above the highest bar, for its flag, and above the capacity line, for its name. */
const FLAG_FACTOR = 1.12;

const stacked = (partBytes: (id: TermId) => number): MomentBar["parts"] => {
  let topBytes = 0;
  return MOMENT_STACK.map((id) => {
    const bytes = partBytes(id);
    topBytes += bytes;
    return { id, gib: bytes / GIB, topGib: topBytes / GIB };
  });
};

/**
 * The highest memory of each phase of the step, on the card: the parts at that moment, and the framework's share under them all, which is the
 * same at every moment because the context and the allocator's reserve are not given back in between.
 */
export const momentsSeries = (estimate: MemoryEstimate, capacityBytes: number): MomentsSeries => {
  const framework = estimate.terms.find(({ id }) => id === "framework")?.bytes ?? 0;
  const bars = estimate.moments.map(({ id, parts, peakBytes }) => ({
    id,
    label: MOMENT_LABELS[id],
    isPeak: id === estimate.peakMoment,
    totalGib: (peakBytes + framework) / GIB,
    parts: stacked((part) => (part === "framework" ? framework : parts[part])),
  }));
  const highestGib = Math.max(capacityBytes / GIB, ...bars.map(({ totalGib }) => totalGib));
  const endGib = axisEnd({ longestGib: FLAG_FACTOR * highestGib, chosenGib: 0, capFactor: Infinity });
  return { bars, endGib, ticks: axisTicks(endGib, TICK_ROOM) };
};

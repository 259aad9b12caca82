import { GIB } from "#calc/base/quantity.ts";
import type { PerTerm, TermId } from "#calc/model/term.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import { axisEnd } from "./axis-end.ts";
import { axisTicks } from "./axis-ticks.ts";
import { pointName } from "./point-name.ts";

/** Bottom to top: what stays lies at the bottom, so that what moves is on top. */
export const TIMELINE_STACK: readonly TermId[] = [
  "framework",
  "weights",
  "adapters",
  "optimizer",
  "gradients",
  "activations",
  "logits",
  "workspace",
];

/** A point as drawn: level from one place of the axis to another, which are fractions of its length. */
export type SeriesPoint = Readonly<{
  name: string;
  fromX: number;
  toX: number;
  totalBytes: number;
  /** What is seen on a card with room, in use or not; null where the allocator is not replayed. */
  seenBytes: number | null;
  /** In `TIMELINE_STACK` order; `topGib`: where the term ends, with all that lies under it. */
  terms: readonly Readonly<{ id: TermId; bytes: number; topGib: number }>[];
}>;

/** A stretch of the axis with a name of its own. */
export type SeriesPhase = Readonly<{ label: string; hint: string; fromX: number; toX: number }>;

/** What the chart of a step draws. */
export type TimelineSeries = Readonly<{
  points: readonly SeriesPoint[];
  phases: readonly SeriesPhase[];
  /** Which point is the highest. */
  peak: number;
  endGib: number;
  ticks: readonly number[];
}>;

/** What the timeline is drawn with besides its points. */
export type TimelineFrame = Readonly<{
  layers: number;
  /** Which point is the highest. */
  peak: number;
  frameworkBytes: number;
  capacityBytes: number;
  gradient_checkpointing: boolean;
  /** What is seen at each point on a card with room; null where the allocator is not replayed. */
  seen: readonly number[] | null;
}>;

/** Shares of the axis: the loss is one moment among dozens of layers, and must be seen. */
const SHARES = { forward: 0.33, loss: 0.14, backward: 0.33, step: 0.11, zero: 0.09 } as const;
type PhaseId = keyof typeof SHARES;
const PHASES = Object.keys(SHARES) as PhaseId[];

/** Room for the labels of the value axis, as `axisTicks` counts it: about six of them. */
const TICK_ROOM = 420;
/** What stays free above the highest point, for its flag, and above the capacity line, for its name. */
const FLAG_FACTOR = 1.14;
/** A highest point is level over the middle of its stretch; what comes before and after it slopes. */
const SLOPE = 0.3;

const phaseOf = ({ phase, layer }: TimelinePoint, layers: number): PhaseId => {
  if (phase === "start") return "forward";
  if (phase === "finish") return "backward";
  return layer >= layers ? "loss" : phase;
};

const startOf = (id: PhaseId): number => {
  const before = PHASES.slice(0, PHASES.indexOf(id));
  return before.reduce((total, each) => total + SHARES[each], 0);
};

type Stretch = Readonly<{ fromX: number; toX: number }>;

/** Where each point lies: the layers of a phase have equal stretches of it. */
const stretches = (points: readonly TimelinePoint[], layers: number): readonly Stretch[] => {
  // A layer's highest point and its end have one stretch.
  const keyOf = (point: TimelinePoint): string => `${point.phase} ${point.layer}`;
  const ofPhase = new Map<PhaseId, Map<string, number>>(PHASES.map((id) => [id, new Map<string, number>()]));
  for (const point of points) {
    const known = ofPhase.get(phaseOf(point, layers));
    const key = keyOf(point);
    if (point.phase !== "start" && known?.has(key) === false) known.set(key, known.size);
  }
  return points.map((point) => {
    if (point.phase === "start") return { fromX: 0, toX: 0 };
    const id = phaseOf(point, layers);
    const known = ofPhase.get(id);
    const width = SHARES[id] / Math.max(1, known?.size ?? 0);
    const x = startOf(id) + (known?.get(keyOf(point)) ?? 0) * width;
    if (point.phase === "zero") return { fromX: x + SLOPE * width, toX: x + width };
    if (point.at === "end") return { fromX: x + width, toX: x + width };
    return { fromX: x + SLOPE * width, toX: x + (1 - SLOPE) * width };
  });
};

/** Terms as they lie on each other, the framework's share under them. */
export const timelineTerms = (terms: PerTerm<number>, frameworkBytes: number): SeriesPoint["terms"] => {
  let top = 0;
  return TIMELINE_STACK.map((id) => {
    const bytes = id === "framework" ? frameworkBytes : terms[id];
    top += bytes;
    return { id, bytes, topGib: top / GIB };
  });
};

const phases = ({ layers, gradient_checkpointing }: TimelineFrame): readonly SeriesPhase[] => {
  const count = `${layers} layers`;
  const words: Readonly<Record<PhaseId, readonly [label: string, hint: string]>> = {
    forward: ["Forward", count],
    loss: ["Loss", "and head"],
    backward: ["Backward", gradient_checkpointing ? `${count}, recomputed` : count],
    step: ["Step", "optimizer"],
    zero: ["Zero", ""],
  };
  return PHASES.map((id) => {
    const [label, hint] = words[id];
    return { label, hint, fromX: startOf(id), toX: startOf(id) + SHARES[id] };
  });
};

/** Where the value axis ends, GiB: above the highest point and the line of the card, with room for their names. */
export const timelineEnd = (highestBytes: number): number =>
  axisEnd({ longestGib: (FLAG_FACTOR * highestBytes) / GIB, chosenGib: 0, capFactor: Infinity });

/**
 * One step of training on the card, point by point: the terms at each point, and the framework's share under them all. That is drawn at every point as
 * large as at the peak: the context stays, and the allocator's gaps are known of the peak alone.
 */
export const timelineSeries = (points: readonly TimelinePoint[], frame: TimelineFrame): TimelineSeries => {
  const { layers, peak, frameworkBytes, capacityBytes, seen } = frame;
  const ranges = stretches(points, layers);
  const endGib = timelineEnd(Math.max(capacityBytes, (points[peak]?.bytes ?? 0) + frameworkBytes, ...(seen ?? [])));
  return {
    points: points.map((point, index) => ({
      ...(ranges[index] ?? { fromX: 0, toX: 0 }),
      name: pointName(point, layers),
      totalBytes: point.bytes + frameworkBytes,
      seenBytes: seen?.[index] ?? null,
      terms: timelineTerms(point.terms, frameworkBytes),
    })),
    phases: phases(frame),
    peak,
    endGib,
    ticks: axisTicks(endGib, TICK_ROOM),
  };
};

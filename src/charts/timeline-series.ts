import type { PassId } from "#calc/model/objective.ts";
import type { StepPoint, TimelinePoint } from "#calc/model/timeline.ts";
import { partOf, roleName, roleOf, type SeriesPhase, stepPhases, type StepPhases } from "./timeline-phases.ts";
import { GIB } from "#calc/base/quantity.ts";
import type { PerTerm, TermId } from "#calc/model/term.ts";
import { axisEnd, axisTicks } from "./axis.ts";

const outsideOrLayer = (layer: number, layers: number): string => {
  if (layer >= layers) return "head";
  return layer < 0 ? "embeddings" : `layer ${layer + 1} of ${layers}`;
};

/** What runs forward: "forward"; where there are several, whose it is: "reference", or "reference, logps". */
const forwardName = (pass: PassId | null): string => {
  const name = roleName(roleOf(pass)).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const part = partOf(pass);
  return part === null ? name : `${name}, ${part}`;
};

/** How a point is told from others of its step. */
type NamedPoint = StepPoint &
  Readonly<{
    /** Which forward runs, where the step has several. */
    pass?: PassId | null;
    /** What comes after the layers is that forward's head: other layers come after it. Absent: the loss. */
    isHead?: boolean;
  }>;

const layerName = ({ phase, layer, at, pass = null, isHead = false }: NamedPoint, layers: number): string => {
  const end = at === "end" ? ", end" : "";
  if (phase === "forward" && roleOf(pass) === "teacher") return `teacher and loss${end}`;
  if (layer >= layers && !isHead) return `${phase === "forward" ? "loss" : "backward of the loss"}${end}`;
  return `${phase === "forward" ? forwardName(pass) : phase}, ${outsideOrLayer(layer, layers)}${end}`;
};

/** A point of the step in words: "backward, layer 31 of 32". Layers are counted from one; their end is said, their highest point is not. */
export const pointName = (point: NamedPoint, layers: number): string => {
  switch (point.phase) {
    case "start":
      return "start of forward";
    case "forward":
    case "backward":
      return layerName(point, layers);
    case "finish":
      return `after backward, ${outsideOrLayer(point.layer, layers)}`;
    case "step":
      return point.at === "end" ? "after the optimizer step" : "optimizer step";
    case "zero":
      return "after zero_grad";
    default:
      return point.phase satisfies never;
  }
};

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
type TimelineFrame = Readonly<{
  layers: number;
  /** Which point is the highest. */
  peak: number;
  frameworkBytes: number;
  capacityBytes: number;
  gradient_checkpointing: boolean;
  /** What is seen at each point on a card with room; null where the allocator is not replayed. */
  seen: readonly number[] | null;
}>;

/** Room for the labels of the value axis, as `axisTicks` counts it: about six of them. */
const TICK_ROOM = 420;
/** What stays free above the highest point, for its flag, and above the capacity line, for its name. */
const FLAG_FACTOR = 1.14;
/** A highest point is level over the middle of its stretch; what comes before and after it slopes. */
const SLOPE = 0.3;

type Stretch = Readonly<{ fromX: number; toX: number }>;

/** The stretch of each point's layer: those of a phase are equal. A layer's highest point and its end have one. */
const layerStretches = (points: readonly TimelinePoint[], { phases, idOf }: StepPhases): readonly Stretch[] => {
  const layersOf = new Map(phases.map(({ id }) => [id, [] as string[]]));
  const places = points.map(({ phase, pass, layer }, index) => {
    const known = layersOf.get(idOf[index] ?? "") ?? [];
    const key = `${phase} ${pass} ${layer}`;
    const place = known.indexOf(key);
    return phase === "start" || place >= 0 ? Math.max(0, place) : known.push(key) - 1;
  });
  return places.map((place, index) => {
    const { id = "", fromX = 0, toX = 1 } = phases.find((phase) => phase.id === idOf[index]) ?? {};
    const width = (toX - fromX) / Math.max(1, layersOf.get(id)?.length ?? 0);
    return { fromX: fromX + place * width, toX: fromX + (place + 1) * width };
  });
};

/** Where in its layer's stretch a point is drawn. */
const drawnWithin = ({ phase, at }: TimelinePoint, { fromX, toX }: Stretch): Stretch => {
  if (phase === "start") return { fromX: 0, toX: 0 };
  const slope = SLOPE * (toX - fromX);
  if (phase === "zero") return { fromX: fromX + slope, toX };
  return at === "end" ? { fromX: toX, toX } : { fromX: fromX + slope, toX: toX - slope };
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

/** A step with one forward does not say whose it is. */
const namedPoint = (point: TimelinePoint, isBeforeLast: boolean, { roles }: StepPhases): NamedPoint => ({
  ...point,
  pass: roles.length > 1 ? point.pass : null,
  isHead: point.phase === "forward" && isBeforeLast,
});

/** Where the value axis ends, GiB: above the highest point and the line of the card, with room for their names. */
export const timelineEnd = (highestBytes: number): number =>
  axisEnd({ longestGib: (FLAG_FACTOR * highestBytes) / GIB, chosenGib: 0, capFactor: Infinity });

/**
 * One step of training on the card, point by point: the terms at each point, and the framework's share under them all. That is drawn at every point as
 * large as at the peak: the context stays, and the allocator's gaps are known of the peak alone.
 */
export const timelineSeries = (points: readonly TimelinePoint[], frame: TimelineFrame): TimelineSeries => {
  const { layers, peak, frameworkBytes, capacityBytes, seen, gradient_checkpointing } = frame;
  const step = stepPhases({ points, layers, gradient_checkpointing });
  const stretches = layerStretches(points, step);
  const endGib = timelineEnd(Math.max(capacityBytes, (points[peak]?.bytes ?? 0) + frameworkBytes, ...(seen ?? [])));
  return {
    points: points.map((point, index) => ({
      ...drawnWithin(point, stretches[index] ?? { fromX: 0, toX: 0 }),
      name: pointName(namedPoint(point, index < step.lastLayer, step), layers),
      totalBytes: point.bytes + frameworkBytes,
      seenBytes: seen?.[index] ?? null,
      terms: timelineTerms(point.terms, frameworkBytes),
    })),
    phases: step.phases,
    peak,
    endGib,
    ticks: axisTicks(endGib, TICK_ROOM),
  };
};

/** Where the plot lies in the chart's box, px from its sides: what stands over the chart must know it without Recharts. */
export const PLOT = { left: 40, right: 4, top: 8, bottom: 6 } as const;

/** How far along the plot a place of the window lies in a box, from 0 to 1. */
export const plotFraction = (clientX: number, box: Readonly<{ left: number; width: number }>): number => {
  const width = Math.max(1, box.width - PLOT.left - PLOT.right);
  return Math.min(1, Math.max(0, (clientX - box.left - PLOT.left) / width));
};

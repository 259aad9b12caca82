// Data of the timeline chart for a training step and for a whole run: points, phases and axis.

import type { PassId } from "#calc/model/objective.ts";
import type { TimelinePoint, StepPoint } from "#calc/model/timeline.ts";
import { GIB } from "#calc/base/bytes.ts";
import { type PerTerm, type TermId, totalOf } from "#calc/model/terms.ts";
import { axisEnd, axisTicks } from "./axis.ts";

/** What the forwards of an objective are called, in full and where several share the axis. */
const ROLES: Readonly<Record<string, readonly [name: string, short: string]>> = {
  kl: ["KL", "KL"],
  policy: ["Policy", "Policy"],
  reference_kl: ["Reference KL", "Ref. KL"],
  reference: ["Reference", "Ref."],
  teacher: ["Teacher", "Teacher"],
};

/** Whose forward a pass is, or a part of: "reference" of "reference logps". */
const passRole = (pass: PassId | null): string => (pass ?? "").split(" ", 1)[0] ?? "";

/** "Reference KL"; a pass that is the only one has no role of its own. */
const roleName = (role: string): string => ROLES[role]?.[0] ?? "Forward";

/** "Ref. KL" */
const shortRoleName = (role: string): string => ROLES[role]?.[1] ?? "Forward";

/** Which part of a role's forward a pass is: "logps" of "reference logps"; null where it is all of it. */
const passPart = (pass: PassId | null): string | null => {
  const part = (pass ?? "").slice(passRole(pass).length + 1);
  return part === "" ? null : part;
};

/** A stretch of the axis with a name of its own, in fractions of its length. */
export type SeriesPhase = Readonly<{ label: string; hint: string; fromX: number; toX: number }>;

/** What the phases of a step follow from. */
type Step = Readonly<{ points: readonly TimelinePoint[]; layers: number; gradient_checkpointing: boolean }>;

/** Shares of the axis: the loss is one moment among dozens of layers, and must be seen. With forwards of several models all of these have more, and what follows less. */
const ONE = { forward: 0.33, loss: 0.14, backward: 0.33, step: 0.11, zero: 0.09 } as const;
const TWO = { forward: 0.42, loss: 0.12, backward: 0.26, step: 0.11, zero: 0.09 } as const;
const MANY = { forward: 0.52, loss: 0.11, backward: 0.19, step: 0.1, zero: 0.08 } as const;

/** A phase of the step, and which of its points lie in it. */
type Phase = SeriesPhase & Readonly<{ id: string }>;

type StepPhases = Readonly<{
  phases: readonly Phase[];
  /** The phase of each point. */
  idOf: readonly string[];
  /** The roles whose forwards go through layers, in order. */
  roles: readonly string[];
  /** The last point of a forward that lies in a layer, or before the layers. */
  lastLayer: number;
}>;

/** Roles whose forwards go through the model, in order; of a pass that a run leaves out there is only what comes after the layers. */
const rolesOf = (points: readonly TimelinePoint[], layers: number): readonly string[] => {
  const through = points.filter(({ phase, layer }) => phase === "forward" && layer < layers);
  const found = new Set(through.map(({ pass }) => passRole(pass)));
  return found.size === 0 ? [""] : [...found];
};

/** For each point the role that it is drawn in: its own, or of what a run leaves out the next one that is there. */
const drawnRoles = (points: readonly TimelinePoint[], roles: readonly string[]): readonly string[] => {
  let next = roles.at(-1) ?? "";
  return points
    .toReversed()
    .map(({ phase, pass }) => {
      const role = passRole(pass);
      if (phase === "forward" && roles.includes(role)) next = role;
      return next;
    })
    .toReversed();
};

const sharesFor = (roles: number): Readonly<Record<keyof typeof ONE, number>> => {
  if (roles <= 1) return ONE;
  return roles === 2 ? TWO : MANY;
};

/** The phases of a step in order: a forward for each model that runs, the loss, backward, the optimizer's step, and the freeing of gradients. @internal */
export const stepPhases = ({ points, layers, gradient_checkpointing }: Step): StepPhases => {
  const roles = rolesOf(points, layers);
  const lastLayer = points.findLastIndex(({ phase, layer }) => phase === "forward" && layer < layers);
  const drawn = drawnRoles(points, roles);
  const idOf = points.map(({ phase, layer }, index) => {
    if (phase === "finish") return "backward";
    if (layer >= layers && (phase === "backward" || index > lastLayer)) return "loss";
    return phase === "start" || phase === "forward" ? `forward ${drawn[index]}` : phase;
  });
  const count = `${layers} layers`;
  const shares = sharesFor(roles.length);
  const labelOf = roles.length > 2 ? shortRoleName : roleName;
  const forwards = roles.map((role) => ({
    id: `forward ${role}`,
    label: roles.length > 1 ? labelOf(role) : "Forward",
    hint: count,
    share: shares.forward / roles.length,
  }));
  const all = [
    ...forwards,
    { id: "loss", label: "Loss", hint: "and head", share: shares.loss },
    {
      id: "backward",
      label: "Backward",
      hint: gradient_checkpointing ? `${count}, recomputed` : count,
      share: shares.backward,
    },
    { id: "step", label: "Step", hint: "optimizer", share: shares.step },
    { id: "zero", label: "Zero", hint: "", share: shares.zero },
  ];
  let x = 0;
  const phases = all.map(({ share, ...phase }): Phase => {
    const fromX = x;
    x += share;
    return { ...phase, fromX, toX: x };
  });
  return { phases, idOf, roles, lastLayer };
};

const outsideOrLayer = (layer: number, layers: number): string => {
  if (layer >= layers) return "head";
  return layer < 0 ? "embeddings" : `layer ${layer + 1} of ${layers}`;
};

/** What runs forward: "forward"; where there are several, whose it is: "reference", or "reference, logps". */
const forwardName = (pass: PassId | null): string => {
  const name = roleName(passRole(pass)).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const part = passPart(pass);
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
  if (phase === "forward" && passRole(pass) === "teacher") return `teacher and loss${end}`;
  if (layer >= layers && !isHead) return `${phase === "forward" ? "loss" : "backward of the loss"}${end}`;
  return `${phase === "forward" ? forwardName(pass) : phase}, ${outsideOrLayer(layer, layers)}${end}`;
};

/** A point of the step in words: "backward, layer 31 of 32". Layers are counted from one; their end is said, their highest point is not. @internal */
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
const timelineTerms = (terms: PerTerm<number>, frameworkBytes: number): SeriesPoint["terms"] => {
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
const timelineEnd = (highestBytes: number): number =>
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

/** A point of a run, in a part of it. */
type Point = Readonly<{ part: string; name: string; terms: PerTerm<number> }>;

type RunFrame = Readonly<{
  /** Which point is the highest. */
  peak: number;
  frameworkBytes: number;
  capacityBytes: number;
  /** What each part is called on the axis. */
  labelOf: (part: string) => string;
}>;

/** A part with one point is so wide, and each further point makes it wider by so much. */
const FIRST = 1;
const FURTHER = 0.4;
/** A point is level over the middle of its stretch; what comes between two slopes. */
const MOMENT_SLOPE = 0.1;

type MomentStretch = Readonly<{ part: string; points: number; fromX: number; toX: number }>;

/** Where each part lies: as wide as its points ask for, in fractions of the axis. */
const stretches = (points: readonly Point[]): readonly MomentStretch[] => {
  const counts = new Map<string, number>();
  for (const { part } of points) counts.set(part, (counts.get(part) ?? 0) + 1);
  const widths = [...counts].map(([part, count]) => ({ part, points: count, width: FIRST + FURTHER * (count - 1) }));
  const all = widths.reduce((sum, { width }) => sum + width, 0);
  let from = 0;
  return widths.map(({ part, points: count, width }) => {
    const fromX = from / all;
    from += width;
    return { part, points: count, fromX, toX: from / all };
  });
};

/** A run on the card: its parts in order, each point level at its highest. The framework's share is drawn everywhere as large as at the peak. */
export const runSeries = (points: readonly Point[], frame: RunFrame): TimelineSeries => {
  const { peak, frameworkBytes, capacityBytes, labelOf } = frame;
  const parts = stretches(points);
  const seenOf = new Map<string, number>();
  const endGib = timelineEnd(Math.max(capacityBytes, ...points.map(({ terms }) => totalOf(terms) + frameworkBytes)));
  return {
    points: points.map(({ part, name, terms }) => {
      const stretch = parts.find((each) => each.part === part) ?? { fromX: 0, toX: 1, points: 1 };
      const index = seenOf.get(part) ?? 0;
      seenOf.set(part, index + 1);
      const width = (stretch.toX - stretch.fromX) / stretch.points;
      const x = stretch.fromX + index * width;
      return {
        name: `${labelOf(part)}: ${name}`,
        fromX: x + MOMENT_SLOPE * width,
        toX: x + (1 - MOMENT_SLOPE) * width,
        totalBytes: totalOf(terms) + frameworkBytes,
        seenBytes: null,
        terms: timelineTerms(terms, frameworkBytes),
      };
    }),
    phases: parts.map(({ part, fromX, toX }): SeriesPhase => ({ label: labelOf(part), hint: "", fromX, toX })),
    peak,
    endGib,
    ticks: axisTicks(endGib, TICK_ROOM),
  };
};

import { GIB } from "#calc/base/quantity.ts";
import { formatGib } from "#format/bytes.ts";
import { textWidth } from "#format/text-width.ts";

/** What was measured of a run, and as what: "reserved". `seen`: held while there was room, and drawn in outline; `failed`: how far it came. */
export type Measured = Readonly<{ bytes: number; metric: string; look?: "seen" | "failed" }>;

/** The mark of a measurement on a bar: a stem through it with a diamond at one end, and a label beside that where there is room. */
export type MeasuredMark = Readonly<{
  x: number;
  stem: readonly [top: number, foot: number];
  /** The middle of the diamond. */
  diamondY: number;
  label: Readonly<{ text: string; x: number; anchor: "start" | "end" }> | null;
  /** "Measured 21.1 GiB, reserved". */
  title: string;
  look: Measured["look"];
}>;

/** From and to, px across. */
export type Span = Readonly<{ from: number; to: number }>;

/** Where the bar lies, and what else is written around it. */
export type MarkRoom = Readonly<{
  left: number;
  right: number;
  pixelsPerGib: number;
  lineX: number;
  bar: Readonly<{ top: number; foot: number }>;
  /** Other labels in the lane above the bar. */
  above: readonly Span[];
  /** The bar's own name, where it stands above the bar: the diamond gives way to it, and has no label. */
  name: Span | null;
}>;

/** Half of the diamond. */
const RADIUS = 5;
/** The stem goes on so far beyond the bar. */
const BEYOND = 4;
const LABEL_SIZE = 12;
const LABEL_GAP = 12;
/** A label nearer than this to another one is left out. */
const CLEARANCE = 8;

const isNear = (one: Span, other: Span): boolean => one.from < other.to + CLEARANCE && other.from < one.to + CLEARANCE;

const labelOf = (text: string, x: number, room: MarkRoom): MeasuredMark["label"] => {
  const width = textWidth(text, LABEL_SIZE);
  const opensLeft = x < room.lineX;
  const span = opensLeft
    ? { from: x - LABEL_GAP - width, to: x - LABEL_GAP }
    : { from: x + LABEL_GAP, to: x + LABEL_GAP + width };
  const hasRoom = span.from >= 0 && span.to <= room.right && !room.above.some((other) => isNear(span, other));
  if (!hasRoom) return null;
  return opensLeft ? { text, x: span.to, anchor: "end" } : { text, x: span.from, anchor: "start" };
};

/** Places the mark of a measurement at its own value; null where that lies beyond the axis. */
export const measuredMark = ({ bytes, metric, look }: Measured, room: MarkRoom): MeasuredMark | null => {
  const x = room.left + (bytes / GIB) * room.pixelsPerGib;
  if (x > room.right) return null;
  const { bar, name } = room;
  const stem = [bar.top - BEYOND, bar.foot + BEYOND] as const;
  const isUnder = name !== null && isNear({ from: x - RADIUS, to: x + RADIUS }, name);
  const gib = formatGib(bytes);
  return {
    x,
    stem,
    diamondY: isUnder ? stem[1] + RADIUS : stem[0] - RADIUS,
    label: name === null && look !== "seen" ? labelOf(`measured ${gib}`, x, room) : null,
    title: `Measured ${gib} GiB, ${metric}`,
    look,
  };
};

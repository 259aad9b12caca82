// Positions of marks on the memory bars: capacity lines, dimension lines and measurements.

import { GIB } from "#calc/base/bytes.ts";
import { textWidth } from "#format/svg.ts";
import { formatGib } from "#format/bytes.ts";

/** A capacity: what is usable, and the name on the box. */
export type Capacity = Readonly<{ label: string; bytes: number }>;
/** Another card's capacity; `memoryGb` is the size that its label says; `always`: its line is drawn where its label has no room, too, and the label beside the line's middle at the drawing's ends. */
export type OtherCapacity = Capacity & Readonly<{ memoryGb: number; always?: true }>;

/** The chosen card's line and flag; `x` to `x + width` is the flag's box. */
export type ChosenLine = Readonly<{ lineX: number; label: string; x: number; width: number; opensLeft: boolean }>;
/** Another card's dashed line, and the middle of its label: on the line, wherever that leaves the label inside the drawing. */
export type OtherLine = Readonly<{ lineX: number; labelX: number; label: string; width: number }>;

/** Where the axis lies. */
export type Axis = Readonly<{ left: number; right: number; pixelsPerGib: number }>;

/** Sizes are tried in this order, so that the ones most cards have win the room; others after them. */
const WALK: readonly number[] = [24, 80, 16, 48, 8, 141, 32, 12, 96, 192];
/** A label nearer than this to another one is dropped, and its line with it. */
const CLEARANCE = 8;
/** A line in the last 160 px of the axis opens its flag to the left; on a short axis, in its last part. */
const LEFT_FLAG_ZONE = 160;
const LEFT_FLAG_FRACTION = 0.18;
const LABEL_SIZE = 12;
const FLAG_PADDING = 8;

const xOf = (capacity: Capacity, axis: Axis): number => axis.left + (capacity.bytes / GIB) * axis.pixelsPerGib;

/** The chosen card's line, and its flag: to the right, or to the left near the axis end, and always inside the drawing. */
export const chosenLine = (chosen: Capacity, axis: Axis): ChosenLine => {
  const lineX = xOf(chosen, axis);
  const width = textWidth(chosen.label, LABEL_SIZE) + 2 * FLAG_PADDING;
  const zone = Math.min(LEFT_FLAG_ZONE, LEFT_FLAG_FRACTION * (axis.right - axis.left));
  const opensLeft = lineX > axis.right - zone || lineX + width > axis.right;
  const wanted = opensLeft ? lineX - width : lineX;
  return { lineX, label: chosen.label, x: Math.max(0, wanted), width, opensLeft };
};

type Box = readonly [from: number, to: number];
const near = ([from, to]: Box, [otherFrom, otherTo]: Box): boolean =>
  from < otherTo + CLEARANCE && otherFrom < to + CLEARANCE;

/** The other cards' lines that have room beside the chosen flag and beside each other. Labels never stack, shrink or turn. */
export const otherLines = (others: readonly OtherCapacity[], chosen: ChosenLine, axis: Axis): readonly OtherLine[] => {
  const placed: OtherLine[] = [];
  const taken: Box[] = [[Math.min(chosen.x, chosen.lineX), Math.max(chosen.x + chosen.width, chosen.lineX)]];
  const rank = ({ memoryGb }: OtherCapacity): number =>
    WALK.includes(memoryGb) ? WALK.indexOf(memoryGb) : WALK.length;
  for (const other of others.toSorted((one, next) => rank(one) - rank(next))) {
    const lineX = xOf(other, axis);
    const width = textWidth(other.label, LABEL_SIZE);
    const labelX = other.always ? Math.max(width / 2, Math.min(lineX, axis.right - width / 2)) : lineX;
    const box: Box = [labelX - width / 2, labelX + width / 2];
    const hasRoom = box[0] >= 0 && box[1] <= axis.right && !taken.some((one) => near(box, one));
    if (!hasRoom && other.always) placed.push({ lineX, labelX, label: "", width: 0 });
    if (!hasRoom) continue;
    taken.push(box);
    placed.push({ lineX, labelX, label: other.label, width });
  }
  return placed;
};

/** A measure between a bar's end and the chosen line: the line from `x1` to `x2`, and its text. */
export type DimensionLine = Readonly<{
  x1: number;
  x2: number;
  /** No end tick at the right: the bar goes on beyond the axis. */
  open: boolean;
  text: string;
  /** The middle of the text. */
  textX: number;
  textWidth: number;
  inside: boolean;
}>;

/** `barX`: the bar's end (the axis end when the bar is cut); `left` to `right`: where text may stand. */
type DimensionNeed = Readonly<{
  barX: number;
  lineX: number;
  cut: boolean;
  text: string;
  left: number;
  right: number;
}>;

const TEXT_SIZE = 12;
/** The text stands inside when the span exceeds its width and this. */
const INSIDE_ROOM = 32;
/** From an end tick to a text outside. */
const OUTSIDE_GAP = 10;

const outsideX = (need: DimensionNeed, width: number): number => {
  const [x1, x2] = [Math.min(need.barX, need.lineX), Math.max(need.barX, need.lineX)];
  const leftOf = x1 - OUTSIDE_GAP - width / 2;
  const rightOf = x2 + OUTSIDE_GAP + width / 2;
  const hasLeft = leftOf - width / 2 >= need.left;
  const hasRight = rightOf + width / 2 <= need.right;
  // The bar's own side first: beside the line the text could be taken for the GPU's.
  const barIsRight = need.barX > need.lineX;
  if (barIsRight ? hasRight : !hasLeft && hasRight) return rightOf;
  if (hasLeft) return leftOf;
  return Math.min(Math.max((x1 + x2) / 2, need.left + width / 2), need.right - width / 2);
};

/** Places the dimension line of one bar and its text: inside the span when there is room, else outside on the side that has it. */
export const dimensionLine = (need: DimensionNeed): DimensionLine => {
  const width = textWidth(need.text, TEXT_SIZE);
  const [x1, x2] = [Math.min(need.barX, need.lineX), Math.max(need.barX, need.lineX)];
  const inside = x2 - x1 > width + INSIDE_ROOM;
  return {
    x1,
    x2,
    open: need.cut,
    text: need.text,
    textX: inside ? (x1 + x2) / 2 : outsideX(need, width),
    textWidth: width,
    inside,
  };
};

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
const LABEL_GAP = 12;

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

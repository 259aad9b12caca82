import { GIB } from "#calc/base/quantity.ts";
import { textWidth } from "#format/text-width.ts";

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

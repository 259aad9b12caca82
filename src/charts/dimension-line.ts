import { textWidth } from "#format/text-width.ts";

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
export type DimensionNeed = Readonly<{
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

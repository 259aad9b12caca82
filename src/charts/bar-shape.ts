/** The sizes of one drawing of the bars, in px. */
export type BarShape = Readonly<{
  /** Room for the method names at the left; 0 where they stand above the bars. */
  nameWidth: number;
  /** From the top to the first bar: the lane of flags (and the first name). */
  top: number;
  barHeight: number;
  /** From one bar's top to the next. */
  lane: number;
  /** From a bar's foot to the middle of its dimension line. */
  dimensionDrop: number;
  /** From the last lane's end to the axis line. */
  axisGap: number;
  /** Under the axis line: tick labels. */
  foot: number;
  /** The axis is at most this many times the chosen capacity. */
  capFactor: number;
}>;

/** `wide` from 1080 px, `medium` from 900, `narrow` under it (names above the bars), `embed` inside another page. */
export type BarShapeId = "wide" | "medium" | "narrow" | "embed";

const WIDE: BarShape = {
  nameWidth: 124,
  top: 32,
  barHeight: 38,
  lane: 70,
  dimensionDrop: 12,
  axisGap: 4,
  foot: 24,
  capFactor: 4,
};

/** The four drawings of the bars. */
export const BAR_SHAPES: Readonly<Record<BarShapeId, BarShape>> = {
  wide: WIDE,
  medium: { ...WIDE, capFactor: 2 },
  narrow: { ...WIDE, nameWidth: 0, top: 52, barHeight: 34, lane: 82, dimensionDrop: 12, axisGap: -18, capFactor: 2 },
  embed: {
    ...WIDE,
    nameWidth: 52,
    top: 26,
    barHeight: 28,
    lane: 46,
    dimensionDrop: 9,
    axisGap: 2,
    foot: 22,
    capFactor: 2,
  },
};

/** How high the drawing is with so many bars: fixed, so that nothing below it ever moves. */
export const barsHeight = (shape: BarShape, bars: number): number =>
  shape.top + bars * shape.lane + shape.axisGap + shape.foot;

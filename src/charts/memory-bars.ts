// Layout of the memory bars: sizes, segments and lanes as positions in pixels.

import { GIB } from "#calc/base/bytes.ts";
import type { Term, TermId } from "#calc/model/terms.ts";
import { TERM_STYLE } from "./term-style.tsx";
import { textWidth } from "#format/svg.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import { formatGib } from "#format/bytes.ts";
import { formatCount } from "#format/numbers.ts";
import { axisEnd, axisTicks } from "./axis.ts";
import {
  dimensionLine,
  type DimensionLine,
  type Axis,
  type Capacity,
  chosenLine,
  type ChosenLine,
  type OtherCapacity,
  type OtherLine,
  otherLines,
  type Measured,
  type MeasuredMark,
  measuredMark,
  type Span,
} from "./bar-marks.ts";

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
const barsHeight = (shape: BarShape, bars: number): number =>
  shape.top + bars * shape.lane + shape.axisGap + shape.foot;

/** One term of a bar as drawn. `x` to `x + width` is its true length; `paintedWidth` leaves a 1 px gap where the term can spare it. */
export type Segment = Readonly<{
  id: TermId;
  term: Term;
  x: number;
  width: number;
  paintedWidth: number;
  label: SegmentLabel | null;
  /** Of base weights, the copy of a reference model or a teacher: at their end, framed. */
  reference: Readonly<{ x: number; width: number; label: SegmentLabel | null }> | null;
}>;

/** Text inside a segment; on a plate where it lies over the hatch. */
type SegmentLabel = Readonly<{ text: string; x: number; width: number; onHatch: boolean }>;

/** Where the bar lies: its left end, px a GiB, the chosen line and the first px that labels must leave free (the torn edge's plate). */
type SegmentAxis = Readonly<{ left: number; pixelsPerGib: number; lineX: number; labelsEnd: number }>;

const GAP = 1;
/** A term under this is drawn without gap. */
const SLIVER = 3;
const LABEL_SIZE = 12;
const LABEL_PADDING = 8;

/** What stands in a segment, from the longest on. */
type Texts = readonly string[];

const REFERENCE_TEXTS: Texts = ["Reference", "Ref."];
const TEACHER_TEXTS: Texts = ["Teacher"];

const textsOf = (id: TermId): Texts => [TERM_STYLE[id].label, TERM_STYLE[id].shortLabel];

const fitLabel = (texts: Texts, from: number, to: number): Omit<SegmentLabel, "onHatch"> | null => {
  for (const text of texts) {
    const width = textWidth(text, LABEL_SIZE);
    if (width + 2 * LABEL_PADDING <= to - from) return { text, x: from + LABEL_PADDING, width };
  }
  return null;
};

/** A label stands wholly before the chosen line or wholly after it: the line would cross it otherwise. */
const labelOf = (
  texts: Texts,
  span: Readonly<{ from: number; to: number }>,
  axis: SegmentAxis,
): SegmentLabel | null => {
  const [from, to] = [span.from, Math.min(span.to, axis.labelsEnd)];
  const before = fitLabel(texts, from, Math.min(to, axis.lineX));
  if (before !== null) return { ...before, onHatch: false };
  const after = fitLabel(texts, Math.max(from, axis.lineX), to);
  return after === null ? null : { ...after, onHatch: true };
};

/** What stands in the block that vLLM has declared; null where there is no room. */
const declaredLabel = (from: number, to: number): SegmentLabel | null => {
  const label = fitLabel(["vLLM, reserved", "vLLM"], from, to);
  return label && { ...label, onHatch: false };
};

/** What the frame of a copy takes at each end. */
const FRAME = 5;

const referenceOf = (end: number, { referenceBytes, isTeacher }: Term, axis: SegmentAxis): Segment["reference"] => {
  if (!referenceBytes) return null;
  const width = (referenceBytes / GIB) * axis.pixelsPerGib;
  const x = end - width;
  const texts = isTeacher ? TEACHER_TEXTS : REFERENCE_TEXTS;
  return { x, width, label: labelOf(texts, { from: x + FRAME, to: end - FRAME }, axis) };
};

/** The terms of one bar from left to right, in stack order; terms of zero bytes are left out. Widths sum to the bar's length. @internal */
export const segments = (terms: readonly Term[], axis: SegmentAxis): readonly Segment[] => {
  const present = terms.filter((term) => term.bytes > 0);
  let x = axis.left;
  return present.map((term, index) => {
    const width = (term.bytes / GIB) * axis.pixelsPerGib;
    const start = x;
    x += width;
    const gap = width < SLIVER || index === present.length - 1 ? 0 : GAP;
    const paintedWidth = width - gap;
    const reference = referenceOf(x - gap, term, axis);
    const label = labelOf(textsOf(term.id), { from: start, to: x - (reference?.width ?? 0) }, axis);
    return {
      id: term.id,
      term,
      x: start,
      width,
      paintedWidth,
      label,
      reference,
    };
  });
};

/** One method's bar: its terms sum to `totalBytes`. */
export type Bar = Readonly<{
  method: MethodId;
  name: string;
  terms: readonly Term[];
  totalBytes: number;
  headroomBytes: number;
  fit: Fit;
  /** What it is held against; absent: the chosen card's capacity. */
  capacityBytes?: number;
  /** What PyTorch may take while there is room; absent or null: nothing is known of it, or it does not run there. */
  seenBytes?: number | null;
  /** What an engine beside the run has declared, behind the bar's end; absent: nothing. */
  declaredBytes?: number;
  /** What was measured of the run that this bar is of; absent: nothing was. */
  measured?: readonly Measured[];
}>;

/** What is drawn: the bars, the chosen card and the others. */
export type BarsData = Readonly<{ bars: readonly Bar[]; chosen: Capacity; others: readonly OtherCapacity[] }>;

/** One bar as drawn. */
export type Lane = Readonly<{
  bar: Bar;
  y: number;
  /** The middle of the dimension line. */
  dimensionY: number;
  segments: readonly Segment[];
  /** The bar's end as drawn, with what is declared behind it. */
  endX: number;
  /** What is declared: outlined, as it is not counted; null where nothing is. */
  declared: Readonly<{ x: number; width: number; label: SegmentLabel | null }> | null;
  /** "to 75.3" where the bar goes on beyond the axis; null where it ends. */
  torn: Readonly<{ text: string; x: number; width: number }> | null;
  /** Where the part over the chosen line is hatched; null where nothing is over. */
  over: Readonly<{ x: number; width: number }> | null;
  dimension: DimensionLine;
  /** Where the thin line ends that begins at the bar's end; null where there is none. */
  seenX: number | null;
  /** Of what was measured, and is no more than the axis holds. */
  marks: readonly MeasuredMark[];
}>;

/** The whole drawing, in px from the top left corner. */
export type BarsLayout = Readonly<{
  width: number;
  height: number;
  left: number;
  right: number;
  axisY: number;
  /** GiB at the right end. */
  endGib: number;
  ticks: readonly Readonly<{ x: number; text: string; unit: boolean; anchor: "start" | "middle" }>[];
  chosen: ChosenLine;
  others: readonly OtherLine[];
  lanes: readonly Lane[];
}>;

/** The room, the sizes, and the least axis end (GiB) while a slider is held; 0 otherwise. */
type BarsRoom = Readonly<{ width: number; shape: BarShape; leastEndGib: number }>;

const AXIS_SIZE = 11;
const NAME_SIZE = 14;
const TORN_PLATE_GAP = 20;
const PLATE_PADDING = 6;
/** How wide the tick at the end of a thin line is. */
const SEEN_TICK = 2;

/** What is free or over, in words; that it does not run, where it does not. */
export const gapText = ({ fit, headroomBytes }: Pick<Bar, "fit" | "headroomBytes">): string =>
  fit === "cannot-run"
    ? "cannot run"
    : `${formatGib(Math.abs(headroomBytes))}\u00a0GiB ${headroomBytes < 0 ? "over" : "free"}`;

/** A bar's name where it stands above the bar: "LoRA · 26.8 GiB". */
export const nameAbove = ({ name, totalBytes }: Pick<Bar, "name" | "totalBytes">): string =>
  `${name} · ${formatGib(totalBytes)}\u00a0GiB`;

type LinedAxis = Axis & Readonly<{ lineX: number; width: number }>;

const tornPlate = ({ totalBytes, declaredBytes = 0 }: Bar, right: number): NonNullable<Lane["torn"]> => {
  const text = `to ${formatGib(totalBytes + declaredBytes)}`;
  const width = textWidth(text, 12) + 2 * PLATE_PADDING;
  return { text, x: right - TORN_PLATE_GAP - width, width };
};

type Unmarked = Omit<Lane, "marks">;

const xAt = ({ left, pixelsPerGib }: Axis, bytes: number): number => left + (bytes / GIB) * pixelsPerGib;

/** Where the thin line of a bar ends; null where it has none, or one that is no longer than its tick is wide. */
const seenEnd = ({ seenBytes, declaredBytes }: Bar, axis: Axis, endX: number): number | null => {
  if (seenBytes === null || seenBytes === undefined || declaredBytes !== undefined) return null;
  const x = xAt(axis, seenBytes);
  return x - endX >= SEEN_TICK ? x : null;
};

const declaredOf = ({ totalBytes, declaredBytes = 0 }: Bar, axis: LinedAxis, endX: number): Lane["declared"] => {
  const x = xAt(axis, totalBytes);
  if (declaredBytes === 0 || x >= endX) return null;
  // Wholly before the chosen line, or wholly after it: the line would cross it otherwise.
  const label = declaredLabel(x, Math.min(endX, axis.lineX)) ?? declaredLabel(Math.max(x, axis.lineX), endX);
  return { x, width: endX - x, label };
};

const laneOf = (bar: Bar, lined: LinedAxis, y: Readonly<{ bar: number; dimension: number }>): Unmarked => {
  const { capacityBytes } = bar;
  const lineX = capacityBytes === undefined ? lined.lineX : xAt(lined, capacityBytes);
  const axis = { ...lined, lineX };
  const trueEnd = xAt(axis, bar.totalBytes + (bar.declaredBytes ?? 0));
  const cut = trueEnd > axis.right + 0.5;
  const endX = cut ? axis.right : trueEnd;
  const torn = cut ? tornPlate(bar, axis.right) : null;
  const over = endX > axis.lineX ? { x: axis.lineX, width: endX - axis.lineX } : null;
  return {
    bar,
    y: y.bar,
    dimensionY: y.dimension,
    segments: segments(bar.terms, { ...axis, labelsEnd: torn?.x ?? endX }).filter(({ x }) => x < axis.right),
    endX,
    declared: declaredOf(bar, axis, endX),
    torn,
    over,
    dimension: dimensionLine({
      barX: endX,
      lineX: axis.lineX,
      cut,
      text: gapText(bar),
      left: axis.left,
      right: axis.width,
    }),
    seenX: seenEnd(bar, axis, endX),
  };
};

const dimensionSpan = ({ dimension: { textX, textWidth: width } }: Unmarked): Span => ({
  from: textX - width / 2,
  to: textX + width / 2,
});

const flagSpans = (chosen: ChosenLine, others: readonly OtherLine[]): readonly Span[] => [
  { from: chosen.x, to: chosen.x + chosen.width },
  ...others.map(({ labelX, width }) => ({ from: labelX - width / 2, to: labelX + width / 2 })),
];

type Around = Readonly<{ above: readonly Span[]; axis: LinedAxis; shape: BarShape }>;

/** The marks of what was measured of a lane's bar, among what is written above it. */
const marksOf = ({ bar, y }: Unmarked, { above, axis, shape }: Around): Lane["marks"] =>
  (bar.measured ?? []).flatMap(
    (each) =>
      measuredMark(each, {
        ...axis,
        bar: { top: y, foot: y + shape.barHeight },
        above,
        name: shape.nameWidth > 0 ? null : { from: 0, to: textWidth(nameAbove(bar), NAME_SIZE) },
      }) ?? [],
  );

const ticksOf = (endGib: number, axis: LinedAxis): BarsLayout["ticks"] => {
  const ticks = axisTicks(endGib, axis.right - axis.left);
  return ticks.map((gib, index) => {
    const unit = index === ticks.length - 1;
    const text = formatCount(gib);
    const x = axis.left + gib * axis.pixelsPerGib;
    if (gib === 0) return { x, text, unit, anchor: "start" };
    if (!unit) return { x, text, unit, anchor: "middle" };
    // The unit hangs to the right of a centred number, as far as the drawing goes: paper and a frame end there.
    const furthest = axis.right - textWidth(`${text} GiB`, AXIS_SIZE);
    return { x: Math.min(x - textWidth(text, AXIS_SIZE) / 2, furthest), text, unit, anchor: "start" };
  });
};

/** Where the axis of these bars ends, in GiB. */
export const barsEnd = ({ bars, chosen }: BarsData, capFactor: number): number =>
  axisEnd({
    longestGib:
      Math.max(
        0,
        ...bars.flatMap(({ totalBytes, declaredBytes = 0, measured = [] }) => [
          totalBytes + declaredBytes,
          ...measured.map(({ bytes }) => bytes),
        ]),
      ) / GIB,
    chosenGib: Math.max(chosen.bytes, ...bars.map(({ capacityBytes }) => capacityBytes ?? 0)) / GIB,
    capFactor,
  });

/** Lays out the memory bars: data and room in, positions out. Linear from zero, never a log axis: terms are compared by length. */
export const memoryBars = (data: BarsData, { width, shape, leastEndGib }: BarsRoom): BarsLayout => {
  const endGib = Math.max(barsEnd(data, shape.capFactor), leastEndGib);
  const left = shape.nameWidth;
  const right = Math.max(width, left + 1);
  const axis = { left, right, pixelsPerGib: (right - left) / endGib };
  const chosen = chosenLine(data.chosen, axis);
  const lined = { ...axis, lineX: chosen.lineX, width: right };
  const others = otherLines(data.others, chosen, axis);
  const unmarked = data.bars.map((bar, index) => {
    const y = shape.top + index * shape.lane;
    return laneOf(bar, lined, { bar: y, dimension: y + shape.barHeight + shape.dimensionDrop });
  });
  const lanes = unmarked.map((lane, index) => {
    const before = unmarked[index - 1];
    const above = before === undefined ? flagSpans(chosen, others) : [dimensionSpan(before)];
    return { ...lane, marks: marksOf(lane, { above, axis: lined, shape }) };
  });
  return {
    width: right,
    height: barsHeight(shape, lanes.length),
    left,
    right,
    axisY: shape.top + lanes.length * shape.lane + shape.axisGap,
    endGib,
    ticks: ticksOf(endGib, lined),
    chosen,
    others,
    lanes,
  };
};

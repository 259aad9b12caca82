// Bar of a GPU at an out-of-memory error, with the failed request dashed at its end.

import { bytes, GIB } from "#calc/base/bytes.ts";
import { TERM_IDS, type TermId } from "#calc/model/terms.ts";
import { textWidth } from "#format/svg.ts";
import {
  type BarShape,
  BAR_SHAPES,
  type BarShapeId,
  type Bar,
  type BarsLayout,
  type Lane,
  memoryBars,
} from "./memory-bars.ts";
import { type ReactElement, useId } from "react";
import { BarsPicture } from "./BarsPicture.tsx";
import styles from "./RequestBar.module.css";

/** A card at the moment when a request failed: what stood on it, and what was asked for beside that. */
export type RequestBarData = Readonly<{
  name: string;
  /** By component; what is not there has none. */
  terms: Readonly<Partial<Record<TermId, number>>>;
  /** What tensors had that belongs to no component that is known. */
  uncountedBytes: number;
  othersBytes: number;
  requestBytes: number;
  chosen: Readonly<{ label: string; bytes: number }>;
}>;

/** A part in outline: from where to where, and its word where that has room. */
type Outline = Readonly<{ x: number; width: number; text: string | null }>;

type RequestBarLayout = Readonly<{
  bars: BarsLayout;
  /** What is only seen, in its order: without what there was none of. */
  seen: readonly Outline[];
  request: Outline;
  /** The part of the request that lies over the line; null where it does not. */
  over: Readonly<{ x: number; width: number }> | null;
}>;

const LABEL_SIZE = 12;
const LABEL_PADDING = 8;
/** Before the words that say where a cut bar goes on to. */
const PLATE_GAP = 4;

type Reach = Readonly<{ from: number; to: number; labelsEnd: number }>;

const outline = (text: string, { from, to, labelsEnd }: Reach): Outline => ({
  x: from,
  width: Math.max(0, to - from),
  text: textWidth(text, LABEL_SIZE) + 2 * LABEL_PADDING <= Math.min(to, labelsEnd) - from ? text : null,
});

/** What is counted as a method's bar would be, as long as all with the request. */
const barOf = ({ terms: counted, uncountedBytes, othersBytes, requestBytes, chosen, name }: RequestBarData): Bar => {
  const terms = TERM_IDS.map((id) => ({ id, bytes: bytes(counted[id] ?? 0), formula: [] }));
  const known = terms.reduce((total, term) => total + term.bytes, 0);
  const totalBytes = known + uncountedBytes + othersBytes + requestBytes;
  const headroomBytes = chosen.bytes - totalBytes;
  return { method: "lora", name, terms, totalBytes, headroomBytes, fit: headroomBytes < 0 ? "over" : "tight" };
};

/** Less than a pixel shows nothing. */
const LEAST_WIDTH = 1;

/** Where the outlines of a lane lie. */
const outlines = (
  { uncountedBytes, othersBytes, requestBytes }: RequestBarData,
  { bar, endX, torn }: Lane,
  { left, right, endGib, chosen: { lineX } }: BarsLayout,
): Omit<RequestBarLayout, "bars"> => {
  const at = (amount: number): number => Math.min(endX, left + ((amount / GIB) * (right - left)) / endGib);
  const asked = bar.totalBytes - requestBytes;
  const [known, tensors, from] = [at(asked - othersBytes - uncountedBytes), at(asked - othersBytes), at(asked)];
  const plate = torn === null ? endX : torn.x - PLATE_GAP;
  const overFrom = Math.max(from, lineX);
  return {
    seen: [
      outline("Not known", { from: known, to: tensors, labelsEnd: tensors }),
      outline("Other processes", { from: tensors, to: from, labelsEnd: from }),
    ].filter(({ width }) => width >= LEAST_WIDTH),
    request: outline("Tried", { from, to: endX, labelsEnd: lineX > from ? Math.min(lineX, plate) : plate }),
    over: overFrom < plate ? { x: overFrom, width: plate - overFrom } : null,
  };
};

/**
 * Lays out the bar of a failed request: what is counted as in the bars of methods, then in outline what is only seen, then what was asked for and refused.
 * @internal
 */
export const requestBar = (
  data: RequestBarData,
  { width, shape }: Readonly<{ width: number; shape: BarShape }>,
): RequestBarLayout => {
  const bars = memoryBars({ bars: [barOf(data)], chosen: data.chosen, others: [] }, { width, shape, leastEndGib: 0 });
  const [lane] = bars.lanes;
  if (lane === undefined) throw new Error("One bar has one lane.");
  return { bars, ...outlines(data, lane, bars) };
};

type Place = Readonly<{ y: number; height: number }>;

type OutlinedProps = Readonly<{ part: Outline; place: Place; className: string | undefined }>;

/** A part that is only seen or was refused: an outline without fill. */
const Outlined = ({ part, place, className }: OutlinedProps): ReactElement => (
  <>
    <rect
      className={className}
      x={part.x + 0.5}
      y={place.y + 0.5}
      width={Math.max(0, part.width - 1)}
      height={place.height - 1}
    />
    {part.text !== null && (
      <text className={styles.label} x={part.x + 8} y={place.y + place.height / 2 + 4}>
        {part.text}
      </text>
    )}
  </>
);

type RequestBarProps = Readonly<{ data: RequestBarData; width: number; shapeId: BarShapeId; label: string }>;

/** The bar of a card when a request failed, to look at: the request dashed at its end. */
export const RequestBar = ({ data, width, shapeId, label }: RequestBarProps): ReactElement => {
  const hatchId = useId();
  const shape = BAR_SHAPES[shapeId];
  const { bars, seen, request, over } = requestBar(data, { width, shape });
  const place = { y: bars.lanes[0]?.y ?? 0, height: shape.barHeight };
  return (
    <svg width={bars.width} height={bars.height} role="img" aria-label={label} overflow="visible">
      <defs>
        <pattern id={hatchId} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className={styles.hatch} width="2" height="8" />
        </pattern>
      </defs>
      <BarsPicture layout={bars} shape={shape} reachable={null} selectedTerm={null} events={null} />
      {seen.map((part) => (
        <Outlined key={part.x} part={part} place={place} className={styles.seen} />
      ))}
      <Outlined part={request} place={place} className={styles.tried} />
      {over !== null && (
        <rect x={over.x} y={place.y} width={over.width} height={place.height} fill={`url(#${hatchId})`} />
      )}
    </svg>
  );
};

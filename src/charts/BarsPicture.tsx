// SVG drawing of the memory bars: segments, capacity lines, measurement marks and axis.

import { type MouseEvent, type PointerEvent, type ReactElement, useId } from "react";
import { TERM_STYLE } from "./term-style.tsx";
import {
  type Lane,
  type Segment,
  nameAbove,
  type BarsLayout,
  type BarShape,
  BAR_SHAPES,
  type BarShapeId,
  type BarsData,
  memoryBars,
} from "./memory-bars.ts";
import { spokenSegment, type SegmentAt, spokenBar } from "./bar-accessibility.ts";
import styles from "./MemoryBars.module.css";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { DimensionLine, MeasuredMark, ChosenLine, OtherLine } from "./bar-marks.ts";
import fits from "./fit.module.css";
import { formatGib } from "#format/bytes.ts";
import type { TermId } from "#calc/model/terms.ts";

/** What a segment reports. */
type SegmentEvents = Readonly<{
  /** The pointer is over it. */
  onSelect: (at: SegmentAt) => void;
  /** It has the focus: by Tab, arrow key, click or tap. */
  onVisit: (at: SegmentAt) => void;
  onLeave: () => void;
}>;

type BarSegmentProps = Readonly<{
  segment: Segment;
  lane: Lane;
  height: number;
  hatchId: string;
  faint: boolean;
  reachable: boolean;
  events: SegmentEvents | null;
}>;

/** The part of a segment that is drawn: up to the axis end, and the share of it that lies over the chosen line. */
const drawn = (
  segment: Segment,
  lane: Lane,
): Readonly<{ width: number; hatch: Readonly<{ x: number; width: number }> | null }> => {
  const width = Math.max(0, Math.min(segment.paintedWidth, lane.endX - segment.x));
  if (lane.over === null) return { width, hatch: null };
  const x = Math.max(segment.x, lane.over.x);
  return { width, hatch: x < segment.x + width ? { x, width: segment.x + width - x } : null };
};

type InSegment = Readonly<{ id: Segment["id"]; label: Segment["label"]; middle: number }>;

const Label = ({ id, label, middle }: InSegment): ReactElement | null => {
  if (label === null) return null;
  const { fill, labelFill } = TERM_STYLE[id];
  return (
    <>
      {label.onHatch && <rect x={label.x - 4} y={middle - 9} width={label.width + 8} height={18} fill={fill} />}
      <text className={styles.label} x={label.x} y={middle + 4} fill={labelFill}>
        {label.text}
      </text>
    </>
  );
};

/** How far a frame stands from the edges of what it frames; from this width on there is room for one. */
const FRAME_INSET = 3;
const FRAMED_WIDTH = 24;

/** The copy of a reference model, or a teacher, at the end of base weights: a gap before it, an inner frame where there is room. */
const Reference = ({
  segment,
  lane,
  height,
}: Pick<BarSegmentProps, "segment" | "lane" | "height">): ReactElement | null => {
  const { id, reference } = segment;
  if (reference === null || reference.x >= lane.endX) return null;
  const width = Math.min(reference.width, lane.endX - reference.x);
  return (
    <>
      <rect className={styles.backing} x={reference.x - 0.5} y={lane.y} width={1} height={height} />
      {width >= FRAMED_WIDTH && (
        <rect
          x={reference.x + FRAME_INSET + 1}
          y={lane.y + FRAME_INSET + 1}
          width={width - 2 * FRAME_INSET - 2}
          height={height - 2 * FRAME_INSET - 2}
          fill="none"
          stroke={TERM_STYLE[id].labelFill}
          strokeWidth={2}
        />
      )}
      <Label id={id} label={reference.label} middle={lane.y + height / 2} />
    </>
  );
};

/** One term of one bar: a square-ended rectangle at true length, hatched over the chosen line, labelled where the text fits. */
const BarSegment = (props: BarSegmentProps): ReactElement => {
  const { segment, lane, height, hatchId, faint, reachable, events } = props;
  const { fill, edge } = TERM_STYLE[segment.id];
  const { width, hatch } = drawn(segment, lane);
  const at: SegmentAt = { method: lane.bar.method, term: segment.id };
  const speech =
    events === null
      ? {}
      : {
          role: "button",
          tabIndex: reachable ? 0 : -1,
          "aria-label": spokenSegment(segment.term, lane.bar),
          "data-segment": `${at.method} ${at.term}`,
          // A finger may be about to scroll the page: it selects by its tap.
          onPointerEnter: ({ pointerType }: PointerEvent) => pointerType !== "touch" && events.onSelect(at),
          onClick: ({ currentTarget }: MouseEvent<SVGGElement>) => currentTarget.focus(),
          onFocus: () => events.onVisit(at),
          onPointerLeave: events.onLeave,
          onBlur: events.onLeave,
        };
  return (
    <g className={faint ? `${styles.segment} ${styles.faint}` : styles.segment} {...speech}>
      <rect x={segment.x} y={lane.y} width={width} height={height} fill={fill} />
      {edge !== null && width > 3 && (
        <rect
          className={styles.edge}
          x={segment.x + 0.5}
          y={lane.y + 0.5}
          width={width - 1}
          height={height - 1}
          stroke={edge}
        />
      )}
      {hatch !== null && <rect x={hatch.x} y={lane.y} width={hatch.width} height={height} fill={`url(#${hatchId})`} />}
      <Label id={segment.id} label={segment.label} middle={lane.y + height / 2} />
      <Reference segment={segment} lane={lane} height={height} />
      <rect className={styles.ring} x={segment.x - 3} y={lane.y - 3} width={width + 6} height={height + 6} />
    </g>
  );
};

const TICK = 5;
const HALO = 8;

/** The signature: what is free or over, drawn as a measure between the bar's end and the chosen line. */
const BarDimension = ({
  dimension,
  y,
  fit,
}: Readonly<{ dimension: DimensionLine; y: number; fit: Fit }>): ReactElement => {
  const { x1, x2, textX, textWidth, inside } = dimension;
  const [haloStart, haloEnd] = [textX - textWidth / 2 - HALO, textX + textWidth / 2 + HALO];
  const lines = inside ? `M${x1},${y}H${haloStart}M${haloEnd},${y}H${x2}` : `M${x1},${y}H${x2}`;
  const ticks = `M${x1},${y - TICK}V${y + TICK}${dimension.open ? "" : `M${x2},${y - TICK}V${y + TICK}`}`;
  return (
    <g className={fits[fit]} aria-hidden="true">
      <path className={styles.dimension} d={lines + ticks} />
      <text className={styles.dimensionText} x={textX} y={y + 4}>
        {dimension.text}
      </text>
    </g>
  );
};

type BarDeclaredProps = Readonly<{ declared: NonNullable<Lane["declared"]>; y: number; height: number }>;

/** What is declared and not counted: an outline without a fill, behind the bar's end. */
const BarDeclared = ({ declared: { x, width, label }, y, height }: BarDeclaredProps): ReactElement => (
  <>
    <rect className={styles.declared} x={x + 1} y={y + 0.5} width={Math.max(0, width - 1.5)} height={height - 1} />
    {label !== null && (
      <text className={styles.declaredText} x={label.x} y={y + height / 2 + 4}>
        {label.text}
      </text>
    )}
  </>
);

/** What was measured, on the bar that predicts it; the bar's own words say it too. */
const BarMark = ({ mark }: Readonly<{ mark: MeasuredMark }>): ReactElement => {
  const { x, stem, diamondY, label, title, look } = mark;
  const stemPath = `M${x},${stem[0]}V${stem[1]}`;
  return (
    <g aria-hidden="true" data-look={look}>
      <title>{title}</title>
      <path className={styles.markHalo} d={stemPath} />
      <path className={styles.markStem} d={stemPath} />
      <path className={styles.markHead} d={`M${x},${diamondY - 5}l5,5l-5,5l-5,-5z`} />
      {label !== null && (
        <text className={styles.markLabel} x={label.x} y={diamondY + 4} textAnchor={label.anchor}>
          {label.text}
        </text>
      )}
    </g>
  );
};

/** Half of the end tick. */
const BAR_SEEN_TICK = 8;

/** What PyTorch may take while there is room: only seen, so a line and no bar; the bar's own words say it too. */
const BarSeen = ({ from, to, y }: Readonly<{ from: number; to: number; y: number }>): ReactElement => (
  <path
    className={styles.seen}
    aria-hidden="true"
    d={`M${from},${y}H${to}M${to},${y - BAR_SEEN_TICK}v${2 * BAR_SEEN_TICK}`}
  />
);

type BarLaneProps = Readonly<{
  lane: Lane;
  shape: BarShape;
  left: number;
  hatchId: string;
  /** The segment that Tab reaches; null in a picture without interaction. */
  reachable: SegmentAt | null;
  /** The selected term; other terms are drawn faint. */
  selectedTerm: string | null;
  events: SegmentEvents | null;
}>;

const LaneName = ({ lane, shape }: Readonly<{ lane: Lane; shape: BarShape }>): ReactElement => {
  if (shape.nameWidth === 0) {
    return (
      <text className={styles.nameAbove} x={0} y={lane.y - 7}>
        {nameAbove(lane.bar)}
      </text>
    );
  }
  const middle = lane.y + shape.barHeight / 2;
  if (shape.barHeight < 34) {
    return (
      <text className={styles.nameSmall} x={0} y={middle + 5}>
        {lane.bar.name}
      </text>
    );
  }
  return (
    <text className={styles.name} x={0} y={middle - 4}>
      {lane.bar.name}
      <tspan className={styles.total} x={0} dy={19}>
        {`${formatGib(lane.bar.totalBytes)}\u00a0GiB`}
      </tspan>
    </text>
  );
};

/** Teeth of 6 px along the cut end, in the surface's colour over the bar. */
const tornPath = (x: number, y: number, height: number): string => {
  const teeth = Math.round(height / 7);
  const step = height / teeth;
  const points = Array.from(
    { length: teeth },
    (_, index) => `L${x - 6},${y + (index + 0.5) * step}L${x},${y + (index + 1) * step}`,
  );
  return `M${x + 1},${y - 1}L${x},${y}${points.join("")}L${x + 1},${y + height + 1}Z`;
};

/** One method's bar: its name, its segments, the hatch over the chosen line, what may be seen of it, and the dimension line under it. */
const BarLane = ({ lane, shape, left, hatchId, reachable, selectedTerm, events }: BarLaneProps): ReactElement => {
  const { y, endX, seenX, over, torn } = lane;
  const height = shape.barHeight;
  return (
    <g role={events === null ? undefined : "group"} aria-label={events === null ? undefined : spokenBar(lane.bar)}>
      <LaneName lane={lane} shape={shape} />
      <rect className={styles.backing} x={left} y={y} width={Math.max(0, endX - left)} height={height} />
      {lane.segments.map((segment) => (
        <BarSegment
          key={segment.id}
          segment={segment}
          lane={lane}
          height={height}
          hatchId={hatchId}
          faint={selectedTerm !== null && selectedTerm !== segment.id}
          reachable={reachable?.method === lane.bar.method && reachable.term === segment.id}
          events={events}
        />
      ))}
      {lane.declared !== null && <BarDeclared declared={lane.declared} y={y} height={height} />}
      {over !== null && torn === null && (
        <rect className={styles.overRule} x={endX - 2} y={y} width={2} height={height} />
      )}
      {torn !== null && (
        <>
          <path className={styles.backing} d={tornPath(endX, y, height)} />
          <rect className={styles.plate} x={torn.x} y={y + height / 2 - 10} width={torn.width} height={20} rx={4} />
          <text className={styles.tornText} x={torn.x + torn.width / 2} y={y + height / 2 + 4}>
            {torn.text}
          </text>
        </>
      )}
      {seenX !== null && <BarSeen from={endX} to={seenX} y={y + height / 2} />}
      <BarDimension dimension={lane.dimension} y={lane.dimensionY} fit={lane.bar.fit} />
      {lane.marks.map((mark) => (
        <BarMark key={mark.title} mark={mark} />
      ))}
    </g>
  );
};

const LABEL_BASELINE = 14;
const LANE_HEIGHT = 20;

/** Other cards: dashed lines behind the bars, each with its label on it. */
const OtherGpuLines = ({ lines, foot }: Readonly<{ lines: readonly OtherLine[]; foot: number }>): ReactElement => (
  <g aria-hidden="true">
    {lines.map(({ label, lineX, labelX }) => (
      <g key={`${label} ${lineX}`}>
        <path className={styles.otherLine} d={`M${lineX},${LANE_HEIGHT + 2}V${foot}`} />
        <text className={styles.otherLabel} x={labelX} y={LABEL_BASELINE}>
          {label}
        </text>
      </g>
    ))}
  </g>
);

/** The chosen card: a 2 px line in front of the bars, and its flag. */
const ChosenGpuLine = ({ line, foot }: Readonly<{ line: ChosenLine; foot: number }>): ReactElement => (
  <g className={styles.untouchable} aria-hidden="true">
    <rect className={styles.chosenLine} x={line.lineX - 1} y={0} width={2} height={foot} />
    <rect
      className={styles.flag}
      x={line.x - (line.opensLeft ? -1 : 1)}
      y={0}
      width={line.width}
      height={LANE_HEIGHT}
      rx={4}
    />
    <text className={styles.flagText} x={line.x + line.width / 2} y={LABEL_BASELINE}>
      {line.label}
    </text>
  </g>
);

type BarsPictureProps = Readonly<{
  layout: BarsLayout;
  shape: BarShape;
  reachable: SegmentAt | null;
  selectedTerm: TermId | null;
  events: SegmentEvents | null;
}>;

const Axis = ({ layout }: Readonly<{ layout: BarsLayout }>): ReactElement => (
  <g aria-hidden="true">
    <path className={styles.axisLine} d={`M${layout.left},${layout.axisY}H${layout.right}`} />
    {layout.ticks.map(({ x, text, unit, anchor }) => (
      <text key={text} className={styles.tick} x={x} y={layout.axisY + 18} textAnchor={anchor}>
        {text}
        {unit ? "\u00a0GiB" : ""}
      </text>
    ))}
  </g>
);

/** The drawing itself, without the `<svg>`: other cards' lines, bars, axis, and the chosen card's line in front. */
export const BarsPicture = ({ layout, shape, reachable, selectedTerm, events }: BarsPictureProps): ReactElement => {
  const hatchId = useId();
  const foot = layout.axisY - 4;
  return (
    <>
      <defs>
        <pattern id={hatchId} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect className={styles.backing} width="2" height="8" />
        </pattern>
      </defs>
      <OtherGpuLines lines={layout.others} foot={foot} />
      {layout.lanes.map((lane) => (
        <BarLane
          key={lane.bar.name}
          lane={lane}
          shape={shape}
          left={layout.left}
          hatchId={hatchId}
          reachable={reachable}
          selectedTerm={selectedTerm}
          events={events}
        />
      ))}
      <Axis layout={layout} />
      <ChosenGpuLine line={layout.chosen} foot={foot} />
    </>
  );
};

type PlainBarsProps = Readonly<{ data: BarsData; width: number; shapeId: BarShapeId; label: string }>;

/** Bars to look at: nothing in them is selected or opened. */
export const PlainBars = ({ data, width, shapeId, label }: PlainBarsProps): ReactElement => {
  const shape = BAR_SHAPES[shapeId];
  const layout = memoryBars(data, { width, shape, leastEndGib: 0 });
  return (
    <svg width={layout.width} height={layout.height} role="img" aria-label={label} overflow="visible">
      <BarsPicture layout={layout} shape={shape} reachable={null} selectedTerm={null} events={null} />
    </svg>
  );
};

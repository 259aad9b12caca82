import type { MouseEvent, PointerEvent, ReactElement } from "react";
import { TERM_STYLE } from "./term-style.ts";
import type { Lane } from "./memory-bars.ts";
import type { Segment } from "./bar-segments.ts";
import { spokenSegment, type SegmentAt } from "./segment-reading.ts";
import styles from "./MemoryBars.module.css";

/** What a segment reports. */
export type SegmentEvents = Readonly<{
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
export const BarSegment = (props: BarSegmentProps): ReactElement => {
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

import type { ReactElement } from "react";
import { formatGib } from "#format/bytes.ts";
import type { BarShape } from "./bar-shape.ts";
import { BarSegment, type SegmentEvents } from "./BarSegment.tsx";
import { BarDimension } from "./BarDimension.tsx";
import { BarDeclared } from "./BarDeclared.tsx";
import { BarMark } from "./BarMark.tsx";
import { BarSeen } from "./BarSeen.tsx";
import { type Lane, nameAbove } from "./memory-bars.ts";
import type { SegmentAt } from "./walk.ts";
import { spokenBar } from "./spoken.ts";
import styles from "./MemoryBars.module.css";

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
export const BarLane = ({
  lane,
  shape,
  left,
  hatchId,
  reachable,
  selectedTerm,
  events,
}: BarLaneProps): ReactElement => {
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

import { type ReactElement, useId } from "react";
import type { TermId } from "#calc/model/term.ts";
import type { BarShape } from "./bar-shape.ts";
import { BarLane } from "./BarLane.tsx";
import type { SegmentEvents } from "./BarSegment.tsx";
import { ChosenGpuLine, OtherGpuLines } from "./GpuLines.tsx";
import type { BarsLayout } from "./memory-bars.ts";
import type { SegmentAt } from "./walk.ts";
import styles from "./MemoryBars.module.css";

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

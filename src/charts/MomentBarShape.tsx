import type { ReactElement } from "react";
import { formatGib } from "#format/bytes.ts";
import { GIB } from "#calc/quantity.ts";
import { COMPONENT_STYLE } from "./component-style.ts";
import type { MomentBar } from "./moments-series.ts";
import styles from "./MomentsChart.module.css";

/** What Recharts hands to a bar's shape: its box, and its row. */
export type MomentShapeProps = Readonly<{ x: number; y: number; width: number; height: number; payload: MomentBar }>;

type MomentBarShapeProps = MomentShapeProps & Readonly<{ capacityGib: number; hatchId: string }>;

/** One phase: its parts from the bottom up, the hatch over the capacity, and a flag where the peak is. */
export const MomentBarShape = (props: MomentBarShapeProps): ReactElement => {
  const { x, y, width, height, payload, capacityGib, hatchId } = props;
  const { totalGib, parts, isPeak } = payload;
  const pixelsPerGib = totalGib > 0 ? height / totalGib : 0;
  const overHeight = Math.max(0, (totalGib - capacityGib) * pixelsPerGib);
  const foot = y + height;
  return (
    <g>
      {parts.map(({ id, gib, topGib }) => (
        <rect
          key={id}
          x={x}
          y={foot - topGib * pixelsPerGib}
          width={width}
          height={gib * pixelsPerGib}
          fill={COMPONENT_STYLE[id].fill}
        />
      ))}
      {overHeight > 0 && <rect x={x} y={y} width={width} height={overHeight} fill={`url(#${hatchId})`} />}
      {isPeak && (
        <text className={overHeight > 0 ? styles.flagOver : styles.flag} x={x + width / 2} y={y - 6}>
          Peak {formatGib(totalGib * GIB)}
        </text>
      )}
    </g>
  );
};

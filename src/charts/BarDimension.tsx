import type { ReactElement } from "react";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { DimensionLine } from "./dimension-line.ts";
import fits from "./fit.module.css";
import styles from "./MemoryBars.module.css";

const TICK = 5;
const HALO = 8;

/** The signature: what is free or over, drawn as a measure between the bar's end and the chosen line. */
export const BarDimension = ({
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

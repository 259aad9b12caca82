import type { ReactElement } from "react";
import { BAR_SHAPES, type BarShapeId } from "./bar-shape.ts";
import { BarsPicture } from "./BarsPicture.tsx";
import { type BarsData, memoryBars } from "./memory-bars.ts";
import { spokenBars } from "./spoken.ts";
import styles from "./MemoryBars.module.css";

/** Widths that the static page is drawn for: the answer column of a 1440 px window, and a 390 px phone. */
const WIDTHS = { wide: 1032, narrow: 358 } as const;

const StaticDrawing = ({
  data,
  shapeId,
}: Readonly<{ data: BarsData; shapeId: BarShapeId & keyof typeof WIDTHS }>): ReactElement => {
  const shape = BAR_SHAPES[shapeId];
  const layout = memoryBars(data, { width: WIDTHS[shapeId], shape, leastEndGib: 0 });
  return (
    <svg
      className={shapeId === "wide" ? styles.staticWide : styles.staticNarrow}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      height={layout.height}
      preserveAspectRatio="xMinYMin meet"
      role="img"
      aria-label={spokenBars(data)}
    >
      <BarsPicture layout={layout} shape={shape} reachable={null} selectedTerm={null} events={null} />
    </svg>
  );
};

/** The bars while no width is known: in the static page and until the first measurement. A media query shows one of the two. */
export const StaticBars = ({ data }: Readonly<{ data: BarsData }>): ReactElement => (
  <>
    <StaticDrawing data={data} shapeId="wide" />
    <StaticDrawing data={data} shapeId="narrow" />
  </>
);

import type { ReactElement } from "react";
import { BAR_SHAPES, type BarShapeId } from "./bar-shape.ts";
import { BarsPicture } from "./BarsPicture.tsx";
import { type BarsData, memoryBars } from "./memory-bars.ts";
import { spokenBars } from "./spoken.ts";
import styles from "./MemoryBars.module.css";

type StaticShapeId = Exclude<BarShapeId, "medium">;

/** Widths that the static page is drawn for: the answer column of a 1440 px window, a 390 px phone, and a frame of 640 px. */
const WIDTHS: Readonly<Record<StaticShapeId, number>> = { wide: 1032, narrow: 358, embed: 612 };

const CLASSES: Readonly<Record<StaticShapeId, string | undefined>> = {
  wide: styles.staticWide,
  narrow: styles.staticNarrow,
  embed: styles.drawing,
};

const StaticDrawing = ({ data, shapeId }: Readonly<{ data: BarsData; shapeId: StaticShapeId }>): ReactElement => {
  const shape = BAR_SHAPES[shapeId];
  const layout = memoryBars(data, { width: WIDTHS[shapeId], shape, leastEndGib: 0 });
  return (
    <svg
      className={CLASSES[shapeId]}
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

/**
 * The bars while no width is known, as the build draws them into the static page; in the browser they are measured first. Of the page's two a media query
 * shows one.
 */
export const StaticBars = ({ data, isEmbed }: Readonly<{ data: BarsData; isEmbed: boolean }>): ReactElement =>
  isEmbed ? (
    <StaticDrawing data={data} shapeId="embed" />
  ) : (
    <>
      <StaticDrawing data={data} shapeId="wide" />
      <StaticDrawing data={data} shapeId="narrow" />
    </>
  );

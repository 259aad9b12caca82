import type { ReactElement } from "react";
import { BAR_SHAPES, type BarShapeId } from "./bar-shape.ts";
import { BarsPicture } from "./BarsPicture.tsx";
import { type BarsData, memoryBars } from "./memory-bars.ts";

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

import { type ReactElement, useId } from "react";
import { BAR_SHAPES, type BarShapeId } from "./bar-shape.ts";
import { BarsPicture } from "./BarsPicture.tsx";
import { type Outline, requestBar, type RequestBarData } from "./request-bar.ts";
import styles from "./RequestBar.module.css";

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

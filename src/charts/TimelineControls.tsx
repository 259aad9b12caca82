import { type ReactElement, type CSSProperties, type PointerEvent, type ReactNode, useRef } from "react";
import type { SeriesPhase } from "./timeline-phases.ts";
import styles from "./PhaseAxis.module.css";
import { plotFraction, type SeriesPoint } from "./timeline-series.ts";
import pointPickerStyles from "./PointPicker.module.css";

/** The line of what is seen on a card, as the chart of a step has it: as wide as a term's swatch. */
export const SeenSwatch = (): ReactElement => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
    <path d="M0,6H12" stroke="var(--line-strong)" strokeWidth="2" />
  </svg>
);

/** The phases of a step under the plot, each as wide as it is drawn. */
export const PhaseAxis = ({ phases }: Readonly<{ phases: readonly SeriesPhase[] }>): ReactElement => (
  <div className={styles.axis} aria-hidden="true">
    {phases.map(({ label, hint, fromX, toX }) => (
      <span key={label} className={styles.phase} style={{ "--share": toX - fromX } as CSSProperties}>
        {label}
        <span className={styles.hint}>{hint}</span>
      </span>
    ))}
  </div>
);

/** The point that is drawn nearest to a place of the axis. */
const nearest = (points: readonly SeriesPoint[], fraction: number): number => {
  const away = ({ fromX, toX }: SeriesPoint): number => Math.max(fromX - fraction, fraction - toX, 0);
  return points.reduce((best, point, index) => (away(point) < away(points[best] as SeriesPoint) ? index : best), 0);
};

const middle = (point: SeriesPoint | undefined): number => (point === undefined ? 0 : (point.fromX + point.toX) / 2);

type PointPickerProps = Readonly<{
  label: string;
  points: readonly SeriesPoint[];
  /** Which point is looked at, and whether somebody went there. */
  value: number;
  picked: boolean;
  /** The point in words, with its figures. */
  valueText: string;
  /** A point that pointer or keys went to; null when they left. */
  onPick: (index: number | null) => void;
  /** The chart. */
  children: ReactNode;
}>;

/** Lets pointer and keys go along the points of a chart: an unseen slider lies over it, so that keys and screen readers find what they know. */
export const PointPicker = (props: PointPickerProps): ReactElement => {
  const { label, points, value, picked, valueText, onPick, children } = props;
  // A pressed pointer would set the value by its index among equal steps; points are not equally far apart.
  const pressed = useRef(false);
  const follow = ({ clientX, currentTarget }: PointerEvent): void =>
    onPick(nearest(points, plotFraction(clientX, currentTarget.getBoundingClientRect())));
  const letGo = (): void => {
    pressed.current = false;
  };
  return (
    <div className={pointPickerStyles.picker}>
      {children}
      <div
        className={pointPickerStyles.cursor}
        hidden={!picked}
        style={{ "--at": middle(points[value]) } as CSSProperties}
      />
      <input
        className={pointPickerStyles.input}
        type="range"
        min={0}
        max={points.length - 1}
        value={value}
        aria-label={label}
        aria-valuetext={valueText}
        onChange={({ target }) => {
          if (!pressed.current) onPick(target.valueAsNumber);
        }}
        onPointerDown={(event) => {
          pressed.current = true;
          follow(event);
        }}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onPointerMove={follow}
        onPointerLeave={({ pointerType }) => {
          if (pointerType === "mouse") onPick(null);
        }}
        onBlur={() => onPick(null)}
      />
    </div>
  );
};

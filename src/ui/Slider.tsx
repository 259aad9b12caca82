import type { ChangeEvent, KeyboardEvent, ReactElement } from "react";
import { POSITIONS, stepFrom, toPosition, toStop, type Scale } from "./scale.ts";
import styles from "./Slider.module.css";
import { useFinger } from "./use-finger.ts";

export type SliderProps = Readonly<{
  scale: Scale;
  value: number;
  onChange: (value: number) => void;
  /** The value in words, for those who hear the slider. */
  valueText: string;
  id?: string;
  /** The id of its label, or the label itself where none is written on the page. */
  labelledBy?: string | undefined;
  label?: string | undefined;
  describedBy?: string | undefined;
  /** Past this value the track is dashed: allowed, but outside of what the thing was made for. */
  limit?: number | undefined;
}>;

/** Shift and an arrow, or Page Up and Page Down, go this many stops. */
const LARGE_STEP = 10;
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: LARGE_STEP,
  PageDown: -LARGE_STEP,
  Home: -Infinity,
  End: Infinity,
};

const stepsOf = (event: KeyboardEvent): number | undefined => {
  const steps = STEPS[event.key];
  return steps !== undefined && event.shiftKey && event.key.startsWith("Arrow") ? steps * LARGE_STEP : steps;
};

/**
 * A native range input that snaps to the stops of its scale. Track and fill are SVG, whose lengths are attributes: the static page may hold
 * no style attribute under its security policy.
 */
export const Slider = (props: SliderProps): ReactElement => {
  const { id, scale, value, onChange, valueText, labelledBy, describedBy, limit = Infinity } = props;
  const position = toPosition(scale, value);
  const set = (next: number): void => {
    if (next !== value) onChange(next);
  };
  const { take, events } = useFinger(set);
  const drag = (event: ChangeEvent<HTMLInputElement>): void => take(toStop(scale, Number(event.target.value)));
  const press = (event: KeyboardEvent): void => {
    const steps = stepsOf(event);
    if (steps === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    set(stepFrom(scale, value, steps));
  };
  return (
    <div className={styles.slider}>
      <Track position={position} limit={toPosition(scale, limit)} />
      <input
        id={id}
        className={styles.range}
        type="range"
        min={0}
        max={POSITIONS}
        value={position}
        onChange={drag}
        {...events}
        onKeyDown={press}
        aria-label={props.label}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        aria-valuetext={valueText}
      />
    </div>
  );
};

const percent = (position: number): string => `${(position * 100) / POSITIONS}%`;

/** Drawn from the thumb's first place to its last, half a thumb inside the ends; what lies outside is clipped to the rounded track. */
const Track = ({ position, limit }: Readonly<{ position: number; limit: number }>): ReactElement => {
  const from = percent(limit);
  return (
    <div className={styles.track} aria-hidden="true">
      <svg className={styles.drawing} width="100%" height="4">
        <rect className={styles.rest} x="-9" width={limit < POSITIONS ? from : "200%"} height="4" />
        <rect className={styles.rest} width={limit < POSITIONS ? from : "0%"} height="4" />
        {limit < POSITIONS ? <line className={styles.beyond} x1={from} x2="200%" y1="2" y2="2" /> : null}
        <rect className={styles.filled} x="-9" width="9" height="4" />
        <rect className={styles.filled} width={percent(Math.min(position, limit))} height="4" />
        {position > limit ? (
          <line className={styles.filledBeyond} x1={from} x2={percent(position)} y1="2" y2="2" />
        ) : null}
      </svg>
    </div>
  );
};

// Slider with a number field, its scale of stops, and whether a slider is being dragged.

import {
  useRef,
  type PointerEvent,
  type ChangeEvent,
  type KeyboardEvent,
  type ReactElement,
  useId,
  useEffect,
  useState,
} from "react";
import styles from "./SliderField.module.css";
import { Field, LockedField } from "./Field.tsx";
import { type NumberFieldProps, NumberInput, parseNumber, useNumberText } from "./NumberField.tsx";

/** How many positions a slider has from end to end: finer than a pixel on any window. @internal */
export const POSITIONS = 1000;

/**
 * Where values lie along a slider. `stops` are the round values, ascending, that the thumb snaps to; the first and the last are its ends.
 * On a `log` scale equal distances are equal ratios, so every stop must be above zero.
 */
export type Scale = Readonly<{ kind: "log" | "linear"; stops: readonly number[] }>;

const ends = ({ stops }: Scale): readonly [first: number, last: number] => [stops[0] ?? 0, stops.at(-1) ?? 0];

/**
 * The position of a value, 0 to POSITIONS: linear, (value − first) / (last − first); log, the same of the logarithms. A value off the scale
 * lies at its end, a value between two stops where it belongs.
 * @internal
 */
export const toPosition = (scale: Scale, value: number): number => {
  const [first, last] = ends(scale);
  const clamped = Math.min(last, Math.max(first, value));
  const share =
    scale.kind === "log" ? Math.log(clamped / first) / Math.log(last / first) : (clamped - first) / (last - first);
  return Math.round(share * POSITIONS);
};

/** The stop nearest to a position, measured along the track. @internal */
export const toStop = (scale: Scale, position: number): number => {
  let nearest = ends(scale)[0];
  let distance = Infinity;
  for (const stop of scale.stops) {
    const away = Math.abs(toPosition(scale, stop) - position);
    if (away < distance) [nearest, distance] = [stop, away];
  }
  return nearest;
};

/** The stop that lies `steps` stops above (or, negative, below) a value; a value between two stops counts from between them. @internal */
export const stepFrom = (scale: Scale, value: number, steps: number): number => {
  const { stops } = scale;
  const below = stops.filter((stop) => stop < value).length;
  const upTo = stops.filter((stop) => stop <= value).length;
  const index = steps > 0 ? upTo + steps - 1 : below + steps;
  return stops[Math.min(stops.length - 1, Math.max(0, index))] ?? value;
};

/** What a slider has to hear of fingers. */
type FingerEvents = Readonly<{
  onPointerDown: (event: PointerEvent) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
}>;

/**
 * A finger that comes down on a slider chooses at once, and may be about to scroll the page. So the first value is held back until a second one shows that
 * the finger goes along the slider, or until it is lifted; where the browser cancels it, it scrolls, and nothing was chosen.
 *
 * @returns `take`: what to call with each value that is chosen
 */
const useTouchDrag = (
  set: (value: number) => void,
): Readonly<{ take: (value: number) => void; events: FingerEvents }> => {
  /** The first value since a finger came down, null: there is none yet. Without a finger, and once it goes along: undefined. */
  const first = useRef<number | null>(undefined);
  const letGo = (): void => {
    first.current = undefined;
  };
  return {
    take: (value) => {
      if (first.current === null) first.current = value;
      else {
        letGo();
        set(value);
      }
    },
    events: {
      onPointerDown: ({ pointerType }) => {
        first.current = pointerType === "touch" ? null : undefined;
      },
      onPointerUp: () => {
        if (first.current != null) set(first.current);
        letGo();
      },
      onPointerCancel: letGo,
    },
  };
};

type SliderProps = Readonly<{
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
  const { take, events } = useTouchDrag(set);
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

/** The words under a slider's two ends. */
export const SliderEnds = ({ ends }: Readonly<{ ends: readonly [first: string, last: string] }>): ReactElement => (
  <div className={styles.ends} aria-hidden="true">
    <span>{ends[0]}</span>
    <span>{ends[1]}</span>
  </div>
);

export type SliderFieldProps = NumberFieldProps &
  Readonly<{
    scale: Scale;
    /** The words at the slider's ends. */
    ends: readonly [first: string, last: string];
    /** Past this value the track is dashed. */
    limit?: number | undefined;
  }>;

/** A number that can be dragged to round values or typed to any value. */
export const SliderField = (props: SliderFieldProps): ReactElement => {
  if (props.locked)
    return (
      <LockedField label={props.label} value={(props.format ?? String)(props.value)} compact={props.compact ?? false} />
    );
  return props.compact ? <CompactSlider {...props} /> : <FullSlider {...props} />;
};

const FullSlider = (props: SliderFieldProps): ReactElement => {
  const { step = 1, whole = true, format = String, parse = parseNumber, hint, override = null } = props;
  const id = useId();
  const { input, issue } = useNumberText({ ...props, step, whole, format, parse });
  return (
    <Field
      controlId={id}
      label={props.label}
      issue={issue}
      hint={hint}
      override={override}
      aside={<NumberInput id={id} input={input} issue={issue} unit={props.unit} />}
    >
      <div className={styles.withEnds}>
        <Slider
          scale={props.scale}
          value={props.value}
          onChange={props.onChange}
          valueText={format(props.value)}
          labelledBy={`${id}-label`}
          describedBy={hint ? `${id}-hint` : undefined}
          limit={props.limit}
        />
        <SliderEnds ends={props.ends} />
      </div>
    </Field>
  );
};

const CompactSlider = (props: SliderFieldProps): ReactElement => {
  const { label, value, format = String } = props;
  const id = useId();
  return (
    <Field controlId={id} label={label} compact aside={<output className={styles.value}>{format(value)}</output>}>
      <Slider
        id={id}
        scale={props.scale}
        value={value}
        onChange={props.onChange}
        valueText={format(value)}
        labelledBy={`${id}-label`}
        limit={props.limit}
      />
    </Field>
  );
};

/** The axis settles this long after a slider is let go. */
const SETTLE_MILLISECONDS = 300;

const isSlider = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input[type="range"], [role="slider"]') !== null;

/** Whether some slider of the page is held, by pointer or by key, or was until 300 ms ago. */
export const useSliderHeld = (): boolean => {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hold = (event: Event): void => {
      if (!isSlider(event.target)) return;
      clearTimeout(timer);
      setHeld(true);
    };
    const release = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setHeld(false), SETTLE_MILLISECONDS);
    };
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, hold, options);
    for (const type of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(type, release, options);
    return () => {
      listening.abort();
      clearTimeout(timer);
    };
  }, []);
  return held;
};

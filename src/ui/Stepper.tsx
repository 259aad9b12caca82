// Whole number between two buttons.

import { useId, type KeyboardEvent, type ReactElement } from "react";
import { Field, type FieldCommon, LockedField } from "./Field.tsx";
import { parseNumber, useNumberText } from "./NumberField.tsx";
import styles from "./Stepper.module.css";

type StepperProps = Omit<FieldCommon, "compact" | "hint"> &
  Readonly<{
    value: number;
    min: number;
    max: number;
    /** The next value up (1) or down (−1). */
    next: (value: number, direction: 1 | -1) => number;
    format: (value: number) => string;
    onChange: (value: number) => void;
  }>;

/** A whole number between two buttons, which go to the next usual value; any other can be typed. */
export const Stepper = (props: StepperProps): ReactElement =>
  props.locked ? <LockedField label={props.label} value={props.format(props.value)} /> : <EditableStepper {...props} />;

const EditableStepper = (props: StepperProps): ReactElement => {
  const { label, value, min, max, next, onChange } = props;
  const id = useId();
  const { input, issue } = useNumberText({ ...props, whole: true, parse: parseNumber, step: 1, next });
  const press = (direction: 1 | -1, name: string): ReactElement => (
    <button
      type="button"
      className={styles.button}
      aria-label={`${name}: ${label}`}
      disabled={direction === 1 ? value >= max : value <= min}
      onClick={() => onChange(Math.min(max, Math.max(min, next(value, direction))))}
    >
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <path d={direction === 1 ? "M6 1V11M1 6H11" : "M1 6H11"} stroke="currentColor" strokeWidth="1.6" />
      </svg>
    </button>
  );
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key !== "Home") return input.onKeyDown?.(event);
    event.preventDefault();
    onChange(min);
  };
  return (
    <Field controlId={id} label={label} issue={issue} override={props.override ?? null}>
      <div className={styles.stepper} data-invalid={issue !== null}>
        {press(-1, "Fewer")}
        <input {...input} onKeyDown={onKeyDown} id={id} className={styles.input} aria-invalid={issue !== null} />
        {press(1, "More")}
      </div>
    </Field>
  );
};

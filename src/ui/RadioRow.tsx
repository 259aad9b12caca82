// Radio groups: a row of segments, and a list with a line for each option.

import { type ReactElement, useId } from "react";
import { type Option, Field, type FieldCommon, LockedField } from "./Field.tsx";
import cell from "./radio-cell.module.css";
import styles from "./RadioRow.module.css";

type RadioRowProps<Value extends string> = Readonly<{
  /** Unique on the page: the radio group. */
  name: string;
  options: readonly Option<Value>[];
  value: Value | null;
  onChange: (value: Value) => void;
  /** Lower and smaller, for rows of a table. */
  small?: boolean;
}>;

/** The segments themselves: native radios, each filling its label. */
export const RadioRow = <Value extends string>(props: RadioRowProps<Value>): ReactElement => (
  <div className={styles.row} data-small={props.small ?? false}>
    {props.options.map((option) => (
      <label key={option.value} className={`${cell.cell} ${styles.segment}`} title={option.disabledWhy}>
        <input
          className={cell.radio}
          type="radio"
          name={props.name}
          value={option.value}
          checked={option.value === props.value}
          disabled={option.disabledWhy !== undefined}
          onChange={() => props.onChange(option.value)}
        />
        {option.label}
      </label>
    ))}
  </div>
);

/** A choice with a line that says what it is. */
type ListedOption<Value extends string> = Readonly<{ value: Value; label: string; line: string }>;

type RadioListProps<Value extends string> = Readonly<{
  /** Unique on the page: the radio group. */
  name: string;
  /** What the group asks, for those who hear it. */
  legend: string;
  options: readonly ListedOption<Value>[];
  /** Null while none is chosen. */
  value: Value | null;
  onChange: (value: Value) => void;
}>;

/** One of several, a row each: native radios, each filling its row. */
export const RadioList = <Value extends string>(props: RadioListProps<Value>): ReactElement => (
  <fieldset className={styles.list} aria-label={props.legend}>
    {props.options.map(({ value, label, line }) => (
      <label key={value} className={styles.listRow}>
        <input
          className={cell.radio}
          type="radio"
          name={props.name}
          value={value}
          checked={value === props.value}
          onChange={() => props.onChange(value)}
        />
        <span className={styles.mark} />
        <span className={styles.label}>{label}</span>
        <span className={styles.line}>{line}</span>
      </label>
    ))}
  </fieldset>
);

type SegmentedProps<Value extends string> = FieldCommon &
  Readonly<{ options: readonly Option<Value>[]; value: Value | null; onChange: (value: Value) => void }>;

/** One of two to four short words, side by side; a radio group to the keyboard and to those who hear it. */
export const Segmented = <Value extends string>(props: SegmentedProps<Value>): ReactElement => {
  const { label, options, value, onChange, hint, override = null, locked = false } = props;
  const id = useId();
  if (locked)
    return <LockedField label={label} value={options.find((option) => option.value === value)?.label ?? ""} />;
  return (
    <Field controlId={id} label={label} group hint={hint} override={override}>
      <RadioRow name={id} options={options} value={value} onChange={onChange} />
    </Field>
  );
};

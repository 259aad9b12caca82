import type { ReactElement } from "react";
import cell from "./radio-cell.module.css";
import styles from "./RadioList.module.css";

/** A choice with a line that says what it is. */
export type ListedOption<Value extends string> = Readonly<{ value: Value; label: string; line: string }>;

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
      <label key={value} className={styles.row}>
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

import type { ReactElement } from "react";
import type { Option } from "./option.ts";
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

import type { InputHTMLAttributes, ReactElement } from "react";
import styles from "./NumberInput.module.css";

type NumberInputProps = Readonly<{
  id: string;
  input: InputHTMLAttributes<HTMLInputElement>;
  issue: string | null;
  unit?: string | undefined;
}>;

/** The box of a number field, 76 × 28, with its unit after it. */
export const NumberInput = ({ id, input, issue, unit }: NumberInputProps): ReactElement => (
  <span className={styles.box}>
    <input
      {...input}
      id={id}
      className={styles.input}
      aria-invalid={issue !== null}
      aria-describedby={issue === null ? undefined : `${id}-issue`}
    />
    {unit === undefined ? null : <span className={styles.unit}>{unit}</span>}
  </span>
);

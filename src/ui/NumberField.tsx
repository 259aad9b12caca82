import { type InputHTMLAttributes, type ReactElement, useId } from "react";
import styles from "./NumberInput.module.css";
import { Field, type FieldCommon, LockedField } from "./LockedField.tsx";
import { parseNumber, useNumberText } from "./use-number-text.ts";

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

export type NumberFieldProps = FieldCommon &
  Readonly<{
    value: number;
    min: number;
    max: number;
    onChange: (value: number) => void;
    /** How far one arrow key goes; ten times as far with Shift. */
    step?: number;
    /** Fractions are rounded (default). */
    whole?: boolean;
    format?: (value: number) => string;
    parse?: (text: string) => number | null;
    /** After the field: "GiB". */
    unit?: string;
  }>;

/** A number with its label at the left and its field at the right. */
export const NumberField = (props: NumberFieldProps): ReactElement => {
  const { label, value, format = String, compact = false } = props;
  return props.locked ? (
    <LockedField label={label} value={format(value)} compact={compact} />
  ) : (
    <EditableNumber {...props} />
  );
};

const EditableNumber = (props: NumberFieldProps): ReactElement => {
  const { label, step = 1, whole = true, format = String, parse = parseNumber, unit, hint, override } = props;
  const id = useId();
  const { input, issue } = useNumberText({ ...props, step, whole, format, parse });
  return (
    <Field
      controlId={id}
      label={label}
      issue={issue}
      hint={hint}
      override={override ?? null}
      aside={<NumberInput id={id} input={input} issue={issue} unit={unit} />}
    />
  );
};

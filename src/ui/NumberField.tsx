import { useId, type ReactElement } from "react";
import { Field, type FieldCommon } from "./Field.tsx";
import { LockedField } from "./LockedField.tsx";
import { NumberInput } from "./NumberInput.tsx";
import { parseNumber } from "./parse-number.ts";
import { useNumberText } from "./use-number-text.ts";

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

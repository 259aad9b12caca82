import { useId, type ReactElement } from "react";
import { Field, type FieldCommon } from "./Field.tsx";
import { LockedField } from "./LockedField.tsx";
import { RadioRow } from "./RadioRow.tsx";
import type { Option } from "./option.ts";

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

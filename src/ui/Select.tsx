import { useId, type ReactElement } from "react";
import { Chevron } from "./Chevron.tsx";
import { Field, type FieldCommon } from "./Field.tsx";
import { LockedField } from "./LockedField.tsx";
import type { Option } from "./option.ts";
import styles from "./Select.module.css";

type SelectProps<Value extends string> = FieldCommon &
  Readonly<{ options: readonly Option<Value>[]; value: Value; onChange: (value: Value) => void }>;

/** One of a dozen: the native select, 36 px high. */
export const Select = <Value extends string>(props: SelectProps<Value>): ReactElement => {
  const { label, options, value, onChange, hint, override = null, locked = false } = props;
  const id = useId();
  const chosen = options.find((option) => option.value === value);
  if (locked) return <LockedField label={label} value={chosen?.label ?? value} />;
  const choose = (picked: string): void => {
    const option = options.find((candidate) => candidate.value === picked);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <Field controlId={id} label={label} hint={hint} override={override}>
      <span className={styles.box}>
        <select
          id={id}
          className={styles.select}
          value={value}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => choose(event.target.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabledWhy !== undefined}>
              {option.label}
            </option>
          ))}
        </select>
        <span className={styles.chevron}>
          <Chevron to="down" />
        </span>
      </span>
    </Field>
  );
};

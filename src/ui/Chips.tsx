// Short options as chips: radios or checkboxes.

import { useId, type ReactElement } from "react";
import { Field, type FieldCommon, LockedField, type Option } from "./Field.tsx";
import styles from "./Chips.module.css";

type ChipsProps<Value extends string> = FieldCommon &
  Readonly<{
    options: readonly Option<Value>[];
    /** The chips that are on; with `one`, at most one. */
    selected: readonly Value[];
    /** A name in the place of a chip: the field says it where it is locked. */
    unlisted?: string | undefined;
    /** `one`: choosing a chip leaves the others. `many`: each is on or off by itself. */
    choose: "one" | "many";
    onChange: (selected: readonly Value[]) => void;
  }>;

/** Short answers to pick from: radios or checkboxes that look like chips; ink fill when on. */
export const Chips = <Value extends string>(props: ChipsProps<Value>): ReactElement => {
  const { label, options, selected, unlisted, choose, onChange, hint, override = null, locked = false } = props;
  const id = useId();
  if (locked) return <LockedField label={label} value={unlisted ?? labelsOf(options, selected)} />;
  const toggle = (value: Value): void => {
    if (choose === "one") onChange([value]);
    else
      onChange(options.map((option) => option.value).filter((other) => selected.includes(other) !== (other === value)));
  };
  return (
    <Field controlId={id} label={label} group hint={hint} override={override}>
      <div className={styles.chips}>
        {options.map((option) => (
          <label key={option.value} className={styles.chip} title={option.disabledWhy}>
            <input
              className={styles.input}
              type={choose === "one" ? "radio" : "checkbox"}
              name={id}
              value={option.value}
              checked={selected.includes(option.value)}
              disabled={option.disabledWhy !== undefined}
              onChange={() => toggle(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </Field>
  );
};

const labelsOf = <Value extends string>(options: readonly Option<Value>[], selected: readonly Value[]): string =>
  options
    .filter((option) => selected.includes(option.value))
    .map((option) => option.label)
    .join(", ");

// Native select, with groups of options.

import { useId, type ReactElement } from "react";
import { Chevron } from "./Chevron.tsx";
import { Field, type FieldCommon, LockedField, type Option } from "./Field.tsx";
import styles from "./Select.module.css";

/** Options under one heading. */
export type OptionGroup<Value extends string> = Readonly<{ label: string; options: readonly Option<Value>[] }>;

type SelectProps<Value extends string> = FieldCommon &
  Readonly<{
    options: readonly (Option<Value> | OptionGroup<Value>)[];
    value: Value;
    /** A name in the place of a value, which cannot be chosen again. */
    unlisted?: string | undefined;
    onChange: (value: Value) => void;
  }>;

const isGroup = <Value extends string>(entry: Option<Value> | OptionGroup<Value>): entry is OptionGroup<Value> =>
  "options" in entry;

const Choice = ({ option }: Readonly<{ option: Option<string> }>): ReactElement => (
  <option value={option.value} disabled={option.disabledWhy !== undefined}>
    {option.label}
  </option>
);

/** One of a dozen, or of more under headings: the native select, 36 px high. */
export const Select = <Value extends string>(props: SelectProps<Value>): ReactElement => {
  const { label, value, onChange, unlisted, hint, override = null, locked = false } = props;
  const id = useId();
  const options = props.options.flatMap((entry) => (isGroup(entry) ? entry.options : [entry]));
  const chosen = options.find((option) => option.value === value);
  if (locked) return <LockedField label={label} value={unlisted ?? chosen?.label ?? value} />;
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
          value={unlisted === undefined ? value : ""}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => choose(event.target.value)}
        >
          {unlisted === undefined ? null : (
            <option value="" hidden>
              {unlisted}
            </option>
          )}
          {props.options.map((entry) =>
            isGroup(entry) ? (
              <optgroup key={entry.label} label={entry.label}>
                {entry.options.map((option) => (
                  <Choice key={option.value} option={option} />
                ))}
              </optgroup>
            ) : (
              <Choice key={entry.value} option={entry} />
            ),
          )}
        </select>
        <span className={styles.chevron}>
          <Chevron to="down" />
        </span>
      </span>
    </Field>
  );
};

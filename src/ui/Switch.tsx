// Switch for on or off, and the segmented control.

import { useId, type ReactElement } from "react";
import { Field, type FieldCommon, LockedField } from "./Field.tsx";
import styles from "./Switch.module.css";

type SwitchProps = FieldCommon &
  Readonly<{
    checked: boolean;
    onChange: (checked: boolean) => void;
    /** Why it cannot be switched now; shown in place of the hint. */
    disabledWhy?: string | undefined;
  }>;

/** On or off: a native checkbox that says which in words. */
export const Switch = (props: SwitchProps): ReactElement => {
  const { label, checked, onChange, hint, override = null, locked = false, disabledWhy } = props;
  const id = useId();
  const word = checked ? "On" : "Off";
  if (locked) return <LockedField label={label} value={word} />;
  return (
    <Field
      controlId={id}
      label={label}
      hint={disabledWhy ?? hint}
      override={override}
      aside={
        <label className={styles.switch} data-disabled={disabledWhy !== undefined}>
          <span aria-hidden="true">{word}</span>
          <input
            id={id}
            className={styles.input}
            type="checkbox"
            checked={checked}
            disabled={disabledWhy !== undefined}
            aria-labelledby={`${id}-label`}
            aria-describedby={disabledWhy || hint ? `${id}-hint` : undefined}
            onChange={(event) => onChange(event.target.checked)}
          />
        </label>
      }
    />
  );
};

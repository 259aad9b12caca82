import { useId, type ReactElement } from "react";
import { Field } from "./Field.tsx";
import styles from "./LockedField.module.css";

type LockedFieldProps = Readonly<{ label: string; value: string; compact?: boolean }>;

/** A value that may be read but not changed here: text without a border, beside its label. */
export const LockedField = ({ label, value, compact = false }: LockedFieldProps): ReactElement => {
  const id = useId();
  return (
    <Field
      controlId={id}
      label={label}
      compact={compact}
      aside={
        <output id={id} className={styles.value}>
          {value}
        </output>
      }
    />
  );
};

import { useId, type ReactElement } from "react";
import { Field } from "./Field.tsx";
import styles from "./LockedField.module.css";

type LockedFieldProps = Readonly<{ label: string; value: string; compact?: boolean }>;

/** A value that may be read but not changed here: text without a border, beside its label; where that is narrow, under it. */
export const LockedField = ({ label, value, compact = false }: LockedFieldProps): ReactElement => {
  const id = useId();
  const text = (
    <output id={id} className={styles.value} data-compact={compact}>
      {value}
    </output>
  );
  return compact ? (
    <Field controlId={id} label={label} compact>
      {text}
    </Field>
  ) : (
    <Field controlId={id} label={label} aside={text} />
  );
};

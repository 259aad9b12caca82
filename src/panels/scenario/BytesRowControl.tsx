import { useId, type ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import { LockedField } from "#ui/LockedField.tsx";
import { NumberInput } from "#ui/NumberInput.tsx";
import { parseNumber } from "#ui/parse-number.ts";
import { RadioRow } from "#ui/RadioRow.tsx";
import { useNumberText } from "#ui/use-number-text.ts";
import { bytesInWords, formatOfBytes } from "./bytes-rows.ts";
import type { BytesRowProps } from "./bytes-row-props.ts";
import styles from "./BytesRowControl.module.css";

const DTYPES = [
  { value: "fp32", label: "fp32" },
  { value: "bf16", label: "bf16" },
  { value: "fp16", label: "fp16" },
  { value: "int8", label: "int8" },
] as const;
/** No mixed-precision scheme has more. */
const MOST_BYTES = 64;

/** A row of the table: the role, its element type, its bytes. */
export const BytesRowControl = (props: BytesRowProps): ReactElement =>
  props.locked ? (
    <LockedField label={props.row.label} value={`${bytesInWords(props.row.bytes)} B`} />
  ) : (
    <EditableRow {...props} />
  );

const EditableRow = ({ row, override, onChange }: BytesRowProps): ReactElement => {
  const id = useId();
  const { input, issue } = useNumberText({
    value: row.bytes,
    min: 0,
    max: MOST_BYTES,
    step: 1,
    whole: false,
    format: bytesInWords,
    parse: parseNumber,
    onChange: (bytes) => onChange(formatOfBytes(row.key, bytes, row.dtype)),
  });
  return (
    <fieldset className={styles.row} data-changed={override !== null}>
      <legend className={styles.label}>{row.label}</legend>
      <div className={styles.dtypes}>
        <RadioRow name={id} small options={DTYPES} value={row.dtype} onChange={onChange} />
      </div>
      <NumberInput id={id} input={{ ...input, "aria-label": `${row.label}, bytes` }} issue={issue} />
      {issue === null ? null : (
        <p className={styles.issue} id={`${id}-issue`} role="alert">
          {issue}
        </p>
      )}
      {override === null ? null : (
        <div className={styles.changed}>
          <span>{override.sentence}</span>
          <Button kind="link" aria-label={`Reset ${row.label}`} onClick={override.reset}>
            Reset
          </Button>
        </div>
      )}
    </fieldset>
  );
};

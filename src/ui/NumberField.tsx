// Number field: parsing and editing a number as text.

import { useState, type InputHTMLAttributes, type KeyboardEvent, type ReactElement, useId } from "react";
import styles from "./NumberField.module.css";
import { Field, type FieldCommon, LockedField } from "./Field.tsx";

/** What a field takes: its ends, both allowed, and how it writes and reads a number. */
export type NumberFormat = Readonly<{
  min: number;
  max: number;
  /** Fractions are rounded to whole numbers. */
  whole: boolean;
  format: (value: number) => string;
  parse: (text: string) => number | null;
}>;

/** The number that a text gives, and a sentence when that is not what the text says. */
type ReadNumber = Readonly<{ value: number; issue: string | null }>;

/** Reads a field's text; nonsense keeps `current`, a value out of range takes the nearest end, and a sentence says so. @internal */
export const readNumber = (text: string, format: NumberFormat, current: number): ReadNumber => {
  const parsed = format.parse(text);
  if (parsed === null) {
    const said = text.trim() === "" ? "Nothing was typed." : `“${text.trim().slice(0, 24)}” is not a number.`;
    return { value: current, issue: `${said} Still using ${format.format(current)}.` };
  }
  const asked = format.whole ? Math.round(parsed) : parsed;
  const value = Math.min(format.max, Math.max(format.min, asked));
  if (value === asked) return { value, issue: null };
  const end = asked > format.max ? "most" : "least";
  return { value, issue: `The ${end} is ${format.format(value)}. Using ${format.format(value)}.` };
};

/** What a number field is given: the value, how it is written, and how far an arrow key goes. */
type NumberText = NumberFormat &
  Readonly<{
    value: number;
    step: number;
    /** Where an arrow key goes, where that is not `step` on. */
    next?: (value: number, direction: 1 | -1) => number;
    onChange: (value: number) => void;
  }>;

type NumberTextState = Readonly<{
  /** `data-written` while its text is not read yet: an undo then is one of the text. */
  input: InputHTMLAttributes<HTMLInputElement> & Readonly<{ "data-written": true | undefined }>;
  /** What was wrong with the last text, until the next edit or another value. */
  issue: string | null;
}>;

/** Shift makes an arrow key go this many steps. */
const SHIFT_STEPS = 10;
const DIRECTIONS: Readonly<Record<string, 1 | -1>> = { ArrowUp: 1, ArrowDown: -1 };

/** Keeps a field's text while it is typed, reads it on blur or Enter, falls back on nonsense, and steps with the arrows. */
export const useNumberText = (props: NumberText): NumberTextState => {
  const { value, step, onChange } = props;
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<Readonly<{ issue: string; at: number }> | null>(null);

  const take = (typed: string): void => {
    const read = readNumber(typed, props, value);
    setText(null);
    setProblem(read.issue === null ? null : { issue: read.issue, at: read.value });
    if (read.value !== value) onChange(read.value);
  };
  const goTo = (reached: number): void => {
    const next = Math.min(props.max, Math.max(props.min, reached));
    setText(null);
    setProblem(null);
    // Tenths and hundredths added up in binary would show as 0.30000000000000004.
    if (next !== value) onChange(Number(next.toPrecision(12)));
  };
  const press = (event: KeyboardEvent): void => {
    const direction = DIRECTIONS[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      const from = text === null ? value : readNumber(text, props, value).value;
      const steps = direction * (event.shiftKey ? SHIFT_STEPS : 1);
      goTo(props.next?.(from, direction) ?? from + steps * step);
    } else if (event.key === "Enter" && text !== null) take(text);
    else if (event.key === "Escape" && text !== null) {
      // It takes the text back, and closes nothing that the field is in.
      event.preventDefault();
      setText(null);
    }
  };

  return {
    issue: problem !== null && problem.at === value && text === null ? problem.issue : null,
    input: {
      type: "text",
      inputMode: props.whole ? "numeric" : "decimal",
      role: "spinbutton",
      autoComplete: "off",
      spellCheck: false,
      "aria-valuenow": value,
      "aria-valuemin": props.min,
      "aria-valuemax": props.max,
      "aria-valuetext": props.format(value),
      "data-written": text === null ? undefined : true,
      value: text ?? props.format(value),
      onChange: (event) => setText(event.target.value),
      onBlur: () => text !== null && take(text),
      onFocus: (event) => event.target.select(),
      onKeyDown: press,
    },
  };
};

/** Reads a number as people type it: "4,096", " 16 ", "7.5", "1e9", "−3". Anything else, NaN and Infinity too, is null. */
export const parseNumber = (text: string): number | null => {
  const plain = text.replaceAll(/[\s,\u00a0\u202f]/g, "").replace("\u2212", "-");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
};

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

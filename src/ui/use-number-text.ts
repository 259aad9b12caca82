import { useState, type InputHTMLAttributes, type KeyboardEvent } from "react";
import { readNumber, type NumberFormat } from "./read-number.ts";

/** What a number field is given: the value, how it is written, and how far an arrow key goes. */
export type NumberText = NumberFormat &
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

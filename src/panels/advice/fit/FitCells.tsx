import { type KeyboardEvent, type ReactElement, useId, useRef } from "react";
import fits from "#charts/fit.module.css";
import { headroomText } from "#panels/answer/headroom-text.ts";
import { FIT_WORDS, StatusIcon } from "#panels/answer/StatusIcon.tsx";
import { wholeCard } from "#scenario/choices/answer.ts";
import type { FitOption } from "#service/answers/fit-option.ts";
import cell from "#ui/radio-cell.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./MakeItFit.module.css";
import { optionName, optionSet } from "./option-words.ts";
import type { FitChoice } from "./use-fit-choice.ts";

const Outcome = ({ option: { answer } }: Readonly<{ option: FitOption }>): ReactElement | null => {
  const [one] = answer.methods;
  if (one === undefined) return null;
  const card = wholeCard(one);
  return (
    <span className={`${styles.outcome} ${fits[card.fit]}`}>
      <StatusIcon fit={card.fit} />
      <span className={spoken.spoken}>{FIT_WORDS[card.fit]}, </span>
      {headroomText(card)}
    </span>
  );
};

type FitCellsProps = Readonly<{
  choice: FitChoice;
  /** Makes the changes of the chosen cell. */
  onApply: () => void;
}>;

const QUESTIONS = { "make it fit": "What may it cost?", "use the room": "What would you spend it on?" } as const;

/** Each way with its outcome before it is chosen: a radio group, whose arrows preview, Enter applies, and Escape goes back to the first choice. */
export const FitCells = ({ choice, onApply }: FitCellsProps): ReactElement => {
  const { options, option: chosen, first, pick } = choice;
  const name = useId();
  const cells = useRef<HTMLFieldSetElement>(null);
  const back = (): void => {
    pick(null);
    cells.current?.querySelector<HTMLInputElement>(`[value="${first?.id}"]`)?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter") onApply();
    else if (event.key === "Escape") back();
    else return;
    event.preventDefault();
  };
  return (
    <fieldset ref={cells} className={styles.cells}>
      <legend className={spoken.spoken}>{QUESTIONS[options.does]}</legend>
      {options.options.map((option) => (
        <label key={option.id} className={`${cell.cell} ${styles.cell}`}>
          <input
            className={cell.radio}
            type="radio"
            name={name}
            value={option.id}
            checked={option.id === chosen?.id}
            disabled={option.whyNot !== null}
            onChange={() => pick(option.id)}
            onKeyDown={press}
          />
          <span className={styles.name}>{optionName(option)}</span>{" "}
          <span className={styles.set}>{optionSet(option, options.now)}</span>{" "}
          {option.whyNot === null && <Outcome option={option} />}
        </label>
      ))}
    </fieldset>
  );
};

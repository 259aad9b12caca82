import { type ReactElement, useId, useMemo } from "react";
import { gibWords } from "#advice/card-words.ts";
import { isWayOut } from "#calc/card/is-way-out.ts";
import type { Apply } from "#panels/advice/ChangeList.tsx";
import { wholeCard } from "#scenario/choices/answer.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { FitOption } from "#service/answers/fit-option.ts";
import { Button } from "#ui/Button.tsx";
import { CopyLines } from "./CopyLines.tsx";
import { FitBars } from "./FitBars.tsx";
import { FitCells } from "./FitCells.tsx";
import { FitDiff, KeptSettings } from "./FitDiff.tsx";
import { FitLines } from "./FitLines.tsx";
import styles from "./MakeItFit.module.css";
import { optionName } from "./option-words.ts";
import type { FitChoice } from "./use-fit-choice.ts";
import { useLines } from "./use-lines.ts";

/** What is left then: what can still grow, or that nothing more is to be had. */
const Left = ({ option }: Readonly<{ option: FitOption }>): ReactElement | null => {
  const { answer, changes } = option;
  const [one] = answer.methods;
  const card = one && wholeCard(one);
  const fit = card?.fit;
  const asked = useMemo(
    () => (fit === "fits" ? { choices: answer.choices, except: changes.flatMap(({ fields }) => fields) } : null),
    [fit, answer, changes],
  );
  const { value, fresh } = useAsked("roomLeft", asked);
  if (card === undefined) return null;
  if (fit === "tight") return <p>May not fit: nothing else may use this GPU.</p>;
  if (fit !== "fits") return <p>Not enough on its own.</p>;
  const grows = fresh && value !== null && value.length > 0 ? `: room for ${value.join(", or ")}` : "";
  return (
    <p>
      Then {gibWords(card.headroomBytes)} are free{grows}.
    </p>
  );
};

/** "Apply 2 changes"; where they are not enough what is still missing. */
const applyWords = ({ changes, answer: { methods } }: FitOption): string => {
  const count = `Apply ${changes.length} ${changes.length === 1 ? "change" : "changes"}`;
  const [one] = methods;
  if (one === undefined) return count;
  const card = wholeCard(one);
  return isWayOut(card) ? count : `${count}, still ${gibWords(card.headroomBytes)} over`;
};

type ChosenProps = Readonly<{
  choice: FitChoice;
  option: FitOption;
  onApply: () => void;
}>;

/** The way that is picked: now and then as bars, every setting that changes, and the button. */
const Chosen = ({ choice, option, onApply }: ChosenProps): ReactElement => {
  const { options, fresh } = choice;
  const id = useId();
  const shown = useLines(option.lines);
  return (
    <>
      <FitBars now={options.now} then={option.answer} />
      <div className={styles.both}>
        <div>
          <h3 id={id} className={styles.title}>
            What changes
          </h3>
          <FitDiff choice={choice} option={option} labelledBy={id} />
        </div>
        {shown !== null && (
          <FitLines
            shown={shown}
            files={option.lines.map(({ file }) => file)}
            counted={stackOf(options.now.choices).name}
          />
        )}
      </div>
      <div className={styles.buttons}>
        <Button kind="primary" disabled={!fresh} onClick={onApply}>
          {applyWords(option)}
        </Button>
        {shown !== null && shown.lines.added.length > 0 && <CopyLines key={shown.lines.file} lines={shown.lines} />}
        <Left option={option} />
      </div>
    </>
  );
};

/**
 * One choice of what it may cost to fit, or of what the room is spent on: each with its outcome before it is made, now and then as two bars on one axis, and
 * every setting that changes.
 */
export const MakeItFit = ({ choice, apply }: Readonly<{ choice: FitChoice; apply: Apply }>): ReactElement | null => {
  const { options, option, kept, fresh, free } = choice;
  if (options.options.length === 0) return null;
  const applyChosen = (): void => {
    if (option !== null && fresh) apply(optionName(option), option.patch);
  };
  return (
    <div className={styles.fit} aria-busy={!fresh}>
      <FitCells choice={choice} onApply={applyChosen} />
      {option !== null && <Chosen choice={choice} option={option} onApply={applyChosen} />}
      {kept.length > 0 && <KeptSettings kept={kept} free={free} />}
    </div>
  );
};

import { type ReactElement, useState } from "react";
import { change, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { Button } from "#ui/Button.tsx";
import { ChangeList } from "./ChangeList.tsx";
import styles from "./Changes.module.css";
import { MakeItFit } from "./fit/MakeItFit.tsx";
import { lastGroup } from "./fit/option-words.ts";
import { useFitChoice } from "./fit/use-fit-choice.ts";
import type { AdviceProps } from "./LatePanel.tsx";
import { questionFor, useAdvice } from "./use-advice.ts";
import { takeFocus } from "./take-focus.ts";
import { useFullCatalog } from "./use-full-catalog.ts";

const Applied = ({ title, back }: Readonly<{ title: string; back: () => void }>): ReactElement => (
  <p className={styles.applied}>
    {title}: applied.{" "}
    <Button kind="link" ref={takeFocus} onClick={back}>
      Undo
    </Button>
  </p>
);

/** What makes it fit, or what the room is spent on; and all that saves memory, the cheapest first, each with its price and a button. */
export const Changes = ({ answer }: AdviceProps): ReactElement => {
  useFullCatalog();
  const { advice, fresh } = useAdvice(answer);
  const choice = useFitChoice(questionFor(answer).choices);
  const now = useScenario(({ choices }) => choices);
  const [applied, setApplied] = useState<Readonly<{ title: string; made: Choices }> | null>(null);
  const apply = (title: string, patch: Partial<Choices>): void => {
    change(patch);
    setApplied({ title, made: useScenario.getState().choices });
  };
  const back = (): void => {
    undo();
    setApplied(null);
  };
  return (
    <div aria-busy={!fresh}>
      {applied !== null && applied.made === now && <Applied title={applied.title} back={back} />}
      {choice !== null && advice !== null && (
        <>
          <MakeItFit choice={choice} apply={apply} />
          <ChangeList advice={advice} fresh={fresh} openTo={lastGroup(choice.option)} apply={apply} />
        </>
      )}
    </div>
  );
};

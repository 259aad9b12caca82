import type { ReactElement } from "react";
import { Applied } from "./Applied.tsx";
import { ChangeList } from "./ChangeList.tsx";
import styles from "./Changes.module.css";
import { MakeItFit } from "./fit/MakeItFit.tsx";
import { lastGroup } from "./fit/option-words.ts";
import { useFitChoice } from "./fit/use-fit-choice.ts";
import type { AdviceProps } from "./LatePanel.tsx";
import { questionFor, useAdvice } from "./use-advice.ts";
import { useApplied } from "./use-applied.ts";
import { useFullCatalog } from "./use-full-catalog.ts";

/** What makes it fit, or what the room is spent on; and all that saves memory, the cheapest first, each with its price and a button. */
export const Changes = ({ answer }: AdviceProps): ReactElement => {
  useFullCatalog();
  const { advice, fresh } = useAdvice(answer);
  const choice = useFitChoice(questionFor(answer).choices);
  const { apply, applied, back, frame } = useApplied();
  return (
    <div ref={frame} className={styles.frame} tabIndex={-1} aria-busy={!fresh}>
      {applied !== null && <Applied title={applied} back={back} />}
      {choice !== null && advice !== null && (
        <>
          <MakeItFit choice={choice} apply={apply} />
          <ChangeList advice={advice} fresh={fresh} openTo={lastGroup(choice.option)} apply={apply} />
        </>
      )}
    </div>
  );
};

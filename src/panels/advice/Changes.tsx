// Changes panel: the ways to make the method fit or use the free memory, and the list of changes.

import type { ReactElement } from "react";
import { runnableChanges } from "#advice/runnable-changes.ts";
import type { TopChange } from "#advice/top-change.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { PageAdvice } from "#service/answers/advice-answers.ts";
import { Applied, ChangeList } from "./ChangeList.tsx";
import styles from "./Changes.module.css";
import { MakeItFit } from "./MakeItFit.tsx";
import { lastOpenGroup, useFitChoice } from "./use-fit-choice.ts";
import type { AdviceProps } from "./AdvicePanels.tsx";
import { useFullCatalog } from "#scenario/page/actions.ts";
import { adviceQuestionFor, useAdvice, useFirstAdvice, useApplied } from "./use-advice.ts";

const wouldRun = (
  answer: PageAnswer,
  { choices, smallestCards, patch }: PageAdvice & Pick<TopChange, "patch">,
  focus: MethodAnswer,
) => runnableChanges({ answer: { ...answer, choices }, patch, smallestCards }, focus);

/** What makes it fit, or what the room is spent on; and all that saves memory, the cheapest first, each with its price and a button. */
export const Changes = ({ answer, focus }: AdviceProps): ReactElement => {
  useFullCatalog();
  const { advice, fresh } = useAdvice(answer);
  const { first } = useFirstAdvice(answer);
  const choice = useFitChoice(adviceQuestionFor(answer).choices);
  const { apply, applied, back, frame } = useApplied();
  return (
    <div ref={frame} className={styles.frame} tabIndex={-1} aria-busy={!fresh}>
      {applied !== null && <Applied title={applied} back={back} />}
      {choice !== null && advice !== null && first !== null && (
        <>
          <MakeItFit choice={choice} apply={apply} />
          <ChangeList
            advice={advice}
            wouldRun={focus.card.cannotRun === null ? null : wouldRun(answer, { ...advice, patch: first.patch }, focus)}
            fresh={fresh}
            openTo={lastOpenGroup(choice.option)}
            apply={apply}
          />
        </>
      )}
    </div>
  );
};

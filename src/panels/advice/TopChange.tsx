import type { ReactElement } from "react";
import { Spoken } from "#panels/answer/Spoken.tsx";
import { focusedMethod } from "#panels/answer/focused-method.ts";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { fitTitle } from "./fit/fit-title.ts";
import styles from "./TopChange.module.css";
import { useAdvice } from "./use-advice.ts";

/** The cheapest way to make the method in focus fit, in one sentence under the verdict, a button that takes it, and the way to all others. */
export const TopChange = (): ReactElement => {
  const answer = useSettledAnswer();
  const { advice, fresh } = useAdvice(answer);
  const isLocked = useScenario((state) => state.choices.lock.length > 0);
  const focus = focusedMethod(answer);
  const { lead, action, rest, patch } = advice?.top ?? { lead: "", action: "", rest: "", patch: null };
  return (
    <section className={styles.top} aria-label="What to change first" aria-busy={!fresh}>
      <p>
        {lead}
        <strong>{action}</strong>
        {rest}
      </p>
      <span className={styles.buttons}>
        {patch !== null && !isLocked && (
          <Button size="small" onClick={() => change(patch)}>
            Apply
          </Button>
        )}
        {focus !== null && <a href="#changes">{fitTitle(focus)}</a>}
      </span>
      {advice !== null && <Spoken text={`${lead}${action}${rest}`} />}
    </section>
  );
};

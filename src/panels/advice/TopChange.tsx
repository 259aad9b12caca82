import type { ReactElement } from "react";
import { Spoken } from "#panels/answer/Spoken.tsx";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./TopChange.module.css";
import { useAdvice } from "./use-advice.ts";

/** The cheapest way to make the method in focus fit, in one sentence under the verdict, and a button that takes it. */
export const TopChange = (): ReactElement => {
  const { advice, fresh } = useAdvice(useSettledAnswer());
  const isLocked = useScenario((state) => state.choices.lock.length > 0);
  const { lead, action, rest, patch } = advice?.top ?? { lead: "", action: "", rest: "", patch: null };
  return (
    <section className={styles.top} aria-label="What to change first" aria-busy={!fresh}>
      <p>
        {lead}
        <strong>{action}</strong>
        {rest}
      </p>
      {patch !== null && !isLocked && (
        <Button size="small" onClick={() => change(patch)}>
          Apply
        </Button>
      )}
      {advice !== null && <Spoken text={`${lead}${action}${rest}`} />}
    </section>
  );
};

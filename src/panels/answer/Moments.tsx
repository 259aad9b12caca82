// Frame of the panel on the moment of the peak; its charts load near the window.

import { memo, type ReactElement } from "react";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { latePart } from "#ui/late-parts.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import panel from "#panels/panel.module.css";
import styles from "./Moments.module.css";
import { useNear, useSettledAnswer } from "./use-settled-answer.ts";

/** Recharts is heavier than everything else together, and a step point by point is more than the answer needs: both come when this comes near. */
const StepExplained = latePart(async () => (await import("./StepExplained.tsx")).StepExplained).Part;

/**
 * Memory through one training step of the focused method: the peak is the highest moment, not the sum of everything. It follows a slider when
 * verdict, cards and bars have been drawn: they must not wait for Recharts.
 */
export const Moments = (): ReactElement => <MomentsOf answer={useSettledAnswer()} />;

const MomentsOf = memo(({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const focus = focusedMethod(answer);
  const { ref, near } = useNear<HTMLDivElement>();
  if (focus === null) return null;
  return (
    <section id="moments" className={panel.panel} aria-labelledby="moments-title">
      <h2 id="moments-title" className={panel.title}>
        Moment of the peak
        <span className={panel.hint}>{METHOD_NAMES[focus.method].label}, one step, GiB on the card</span>
      </h2>
      <div ref={ref} className={styles.frame}>
        {near && <StepExplained answer={answer} />}
      </div>
    </section>
  );
});

// Frame of the run panel; its cells load with the engine's answer.

import { type ReactElement, useMemo } from "react";
import { formatGib } from "#format/bytes.ts";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { useNear, useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import panel from "#panels/panel.module.css";
import { generatesOnTrainingGpu } from "#scenario/choices/objective-settings.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { latePart } from "#ui/late-parts.tsx";
import styles from "./RunStrip.module.css";

const RunCells = latePart(async () => (await import("./RunCells.tsx")).RunCells).Part;

/**
 * The run beside the step: loading, the step, evaluation, saving, merging, resuming, each with what it leaves of the card. What the link does not count is offered
 * with the library's own defaults, and changes no verdict. The part that is chosen is what bars and table draw.
 */
export const RunStrip = (): ReactElement | null => {
  const answer = useSettledAnswer();
  const { ref, near } = useNear<HTMLDivElement>();
  const { choices } = answer;
  const asked = useMemo(() => (near ? { choices } : null), [near, choices]);
  const { value, fresh } = useEngineAnswer("runParts", asked);
  const focus = focusedMethod(answer);
  if (focus === null || (fresh && value === null)) return null;
  return (
    <section id="run" className={panel.panel} aria-labelledby="run-title">
      <h2 id="run-title" className={panel.title}>
        The run
        {value !== null && (
          <span className={panel.hint}>
            {METHOD_NAMES[focus.method].label}, what each moment leaves of{" "}
            {formatGib(answer.gpu.usableBytes - answer.usedBytes)} GiB
          </span>
        )}
      </h2>
      <div ref={ref} className={styles.frame} data-generates={generatesOnTrainingGpu(choices)}>
        {value !== null && <RunCells run={value} answer={answer} />}
      </div>
    </section>
  );
};

// Verdict in one or two sentences, also announced to screen readers.

import { type ReactElement, useEffect, useState } from "react";
import spoken from "#ui/spoken.module.css";
import { headline } from "#advice/headline.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { scenarioLine } from "#scenario/choices/answer.ts";
import styles from "./Verdict.module.css";

/** A sentence is read aloud when it has stood still for this long, not at every step of a slider. */
const QUIET_MILLISECONDS = 800;

/** Whether something newer was asked and is not here yet (follow-choices.ts): what stands there then is not what was asked. */
const isLate = (): boolean => document.documentElement.dataset["late"] !== undefined;

/**
 * A sentence for those who hear the page: once it has stood still and nothing newer is asked. What it was when the page opened is not announced, and what is no
 * longer true does not stay.
 */
export const Spoken = ({ text }: Readonly<{ text: string }>): ReactElement => {
  const [last, setLast] = useState({ text, isFirst: true });
  const [said, setSaid] = useState("");
  if (last.text !== text) {
    setLast({ text, isFirst: false });
    setSaid("");
  }
  useEffect(() => {
    if (last.isFirst) return undefined;
    const timer = setInterval(() => {
      if (isLate()) return;
      setSaid(last.text);
      clearInterval(timer);
    }, QUIET_MILLISECONDS);
    return () => clearInterval(timer);
  }, [last]);
  return (
    <output className={spoken.spoken} aria-live="polite">
      {said}
    </output>
  );
};

/** The answer in one or two sentences, above everything else; what has no room here begins the line under it. */
export const Verdict = (): ReactElement => {
  const answer = useAnswer();
  const { sentences } = answer;
  return (
    <section id="verdict" className={styles.verdict} aria-label="Verdict">
      <p className={styles.scenario}>{scenarioLine(answer)}</p>
      <h1 className={styles.sentences}>{headline(sentences).head}</h1>
      <Spoken text={sentences.join(" ")} />
    </section>
  );
};

import type { ReactElement } from "react";
import { headline } from "#advice/headline.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { scenarioLine } from "#scenario/choices/scenario-line.ts";
import { Spoken } from "./Spoken.tsx";
import styles from "./Verdict.module.css";

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

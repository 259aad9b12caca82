// Notes under the bars: settings in conflict, notes on the GPU, and parts that are not included.

import type { ReactElement } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { IssueSentence } from "./LinkIssues.tsx";
import issueStyles from "./LinkIssues.module.css";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useSettledAnswer } from "./use-settled-answer.ts";
import styles from "./AnswerNotes.module.css";

/** Choices that do not go together, a line each, for as long as they do not. */
export const Mismatches = (): ReactElement | null => {
  const { mismatches } = useAnswer();
  if (mismatches.length === 0) return null;
  return (
    <output className={issueStyles.issues}>
      {mismatches.map((issue) => (
        <span key={issue.key} className={issueStyles.line}>
          <span>
            <IssueSentence issue={issue} />
          </span>
        </span>
      ))}
    </output>
  );
};

/** What the chosen card asks for beside its memory, the host's included, and why QLoRA takes more than LoRA; nothing for most answers. */
const AboutCard = ({
  answer: { gpu, notes, qloraOverLora },
}: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const details = qloraOverLora?.details ?? "";
  // What the card cannot run stands under it, and leads.
  const shown = notes.filter(({ id }) => id !== "cannot-run");
  if (shown.length === 0 && details === "") return null;
  return (
    <ul className={styles.notes} aria-label={`About ${gpu.shortName}`}>
      {shown.map(({ id, says }) => (
        <li key={id}>{says}</li>
      ))}
      {details !== "" && <li>{details}</li>}
    </ul>
  );
};

/** What is said of the answer beside its figures: under the bars, where it moves none of them. */
export const AnswerNotes = (): ReactElement => {
  const answer = useSettledAnswer();
  return (
    <>
      {!answer.choices.embed && <Mismatches />}
      <AboutCard answer={answer} />
      {!answer.choices.embed && answer.ranAs !== null && <p className={styles.ranAs}>{answer.ranAs}</p>}
    </>
  );
};

/** The parts that the figures do not include, right under the bars: a sentence each. Nothing where they include all that there is. */
export const NotCounted = (): ReactElement | null => {
  const { notCounted } = useAnswer();
  if (notCounted.length === 0) return null;
  return (
    <ul className={styles.sentences} aria-label="Not included">
      {notCounted.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
};

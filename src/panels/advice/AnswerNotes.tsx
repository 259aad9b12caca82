import type { ReactElement } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { Mismatches } from "#panels/answer/Mismatches.tsx";
import styles from "./AnswerNotes.module.css";

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

import type { ReactElement } from "react";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import styles from "./AnswerNotes.module.css";

/** Under the bars, where it moves none of them: what the chosen card asks for beside its memory, the host's included, and why QLoRA takes more than LoRA. Nothing for most answers. */
export const AnswerNotes = (): ReactElement | null => {
  const { gpu, notes, qloraOverLora } = useSettledAnswer();
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

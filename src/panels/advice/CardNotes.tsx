import type { ReactElement } from "react";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import styles from "./CardNotes.module.css";

/** What the chosen card asks for beside its memory, the host's included; nothing for most cards. */
export const CardNotes = (): ReactElement | null => {
  const answer = useSettledAnswer();
  // What the card cannot run stands under it, and leads.
  const notes = answer.notes.filter(({ id }) => id !== "cannot-run");
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes} aria-label={`About ${answer.gpu.shortName}`}>
      {notes.map(({ id, says }) => (
        <li key={id}>{says}</li>
      ))}
    </ul>
  );
};

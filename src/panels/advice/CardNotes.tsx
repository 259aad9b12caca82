import type { ReactElement } from "react";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { change } from "#scenario/page/actions.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./CardNotes.module.css";
import { useIsLocked } from "./use-is-locked.ts";

/** What the chosen card asks for beside its memory, the host's included, and a press that takes it over; nothing for most cards. */
export const CardNotes = (): ReactElement | null => {
  const answer = useSettledAnswer();
  const isLocked = useIsLocked();
  // What the card cannot run stands under it, and leads.
  const notes = answer.notes.filter(({ id }) => id !== "cannot-run");
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes} aria-label={`About ${answer.gpu.shortName}`}>
      {notes.map(({ id, says, action }) => (
        <li key={id}>
          {says}{" "}
          {action !== null && !isLocked(action.patch) && (
            <Button kind="link" onClick={() => change(action.patch)}>
              {action.label}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
};

import type { ReactElement } from "react";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { change } from "#scenario/page/actions.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./CardNotes.module.css";
import { useIsLocked } from "./use-is-locked.ts";

/** The surprise that comes before any advice: QLoRA takes more than LoRA; why, and a press against it. Nothing where it takes less. */
export const QloraOverLora = (): ReactElement | null => {
  const { qloraOverLora } = useSettledAnswer();
  const isLocked = useIsLocked();
  if (qloraOverLora === null) return null;
  const { says, action } = qloraOverLora;
  return (
    <p className={styles.notes}>
      {says}{" "}
      {action !== null && !isLocked(action.patch) && (
        <Button kind="link" onClick={() => change(action.patch)}>
          {action.label}
        </Button>
      )}
    </p>
  );
};

import { type ReactElement, useRef } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import type { Explained } from "./box.ts";
import { Figure } from "./Figure.tsx";
import { backFromWayOut } from "./explain-again.ts";
import styles from "./ImportBox.module.css";

/** What the error was held against; once a way out was taken what it came to, and the way back. */
export const ErrorFoot = ({
  applied,
  close,
}: Pick<Explained, "applied"> & Readonly<{ close: () => void }>): ReactElement => {
  const isLast = useScenario(({ choices }) => applied !== null && choices === applied.after);
  const done = useRef<HTMLButtonElement>(null);
  const back = (): void => {
    // The button that was pressed goes.
    done.current?.focus();
    backFromWayOut();
  };
  return (
    <div className={styles.foot}>
      {applied !== null && isLast ? (
        <span>
          {applied.title}: applied. <Figure />
        </span>
      ) : (
        <span>Method, rank and all else are those of the scenario.</span>
      )}
      <span className={styles.acts}>
        {isLast && <Button onClick={back}>Undo</Button>}
        <Button ref={done} kind="primary" onClick={close}>
          Done
        </Button>
      </span>
    </div>
  );
};

import type { ReactElement } from "react";
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
        {isLast && <Button onClick={backFromWayOut}>Undo</Button>}
        <Button kind="primary" onClick={close}>
          Done
        </Button>
      </span>
    </div>
  );
};

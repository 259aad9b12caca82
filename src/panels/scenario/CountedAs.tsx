import type { ReactElement } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { openSection } from "./asked-section.ts";
import styles from "./CountedAs.module.css";

/** "Counted as a T4 runs it: fp16, math attention.", each value leading to its control; where the card cannot run what was chosen, that. */
export const CountedAs = (): ReactElement => {
  const { countedAs, notes } = useAnswer();
  const warning = notes.find(({ id }) => id === "cannot-run");
  if (warning !== undefined)
    return (
      <p className={styles.warning}>
        <svg className={styles.icon} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d="M6 1 11.5 11H.5Z" />
        </svg>
        {warning.says}
      </p>
    );
  return (
    <p className={styles.counted}>
      {countedAs === null ? null : (
        <>
          Counted as {countedAs.card} runs it:{" "}
          <Button kind="link" onClick={() => openSection("stack")}>
            {countedAs.compute}
          </Button>
          ,{" "}
          <Button kind="link" onClick={() => openSection("training")}>
            {countedAs.attention}
          </Button>
          {countedAs.isTried ? "" : " (read from sources, not tried)"}
        </>
      )}
    </p>
  );
};

import { type ReactElement, useState } from "react";
import { countKept } from "./kept.ts";
import { RemoveAll } from "./RemoveAll.tsx";
import styles from "./MeasuredLine.module.css";

/** That this browser keeps measured rows, and the way to take them all out of it, whatever scenario is open; nothing where it keeps none. */
export const KeptNote = (): ReactElement | null => {
  const [problem, setProblem] = useState<string | null>(null);
  const [count, setCount] = useState(countKept);
  if (count === 0) return null;
  return (
    <div className={styles.acts}>
      <span className={styles.note}>
        {count === 1 ? "A measured row is" : `${count} measured rows are`} kept in this browser.
      </span>
      <RemoveAll
        onProblem={(why) => {
          setProblem(why);
          setCount(countKept());
        }}
      />
      {problem !== null && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </div>
  );
};

import { type ReactElement, useRef, useState } from "react";
import { Button } from "#ui/Button.tsx";
import { useMeasuredRuns } from "./measured-runs.ts";
import { countKept, removeAll } from "./kept.ts";
import styles from "./MeasuredLine.module.css";

type RemoveAllProps = Readonly<{
  /** Told why they could not be removed, null where they are gone. */
  done: (problem: string | null) => void;
}>;

/** Takes everything that was measured out of this browser; nothing where nothing is kept. */
export const RemoveAll = ({ done }: RemoveAllProps): ReactElement | null => {
  // What is kept is counted again whenever rows come or go.
  useMeasuredRuns();
  const count = countKept();
  if (count === 0) return null;
  return (
    <Button size="small" kind="quiet" onClick={() => done(removeAll())}>
      {count === 1 ? "Remove all (1 kept)" : `Remove all ${count} kept`}
    </Button>
  );
};

const wordsOf = (count: number): string => {
  if (count === 0) return "No measured row is kept in this browser any more.";
  return count === 1 ? "A measured row is kept in this browser." : `${count} measured rows are kept in this browser.`;
};

/** That this browser keeps measured rows, and the way to take them all out of it, whatever scenario is open; nothing where it kept none. */
export const KeptNote = (): ReactElement | null => {
  const words = useRef<HTMLSpanElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [first] = useState(countKept);
  const [count, setCount] = useState(first);
  if (first === 0) return null;
  const done = (why: string | null): void => {
    setProblem(why);
    setCount(countKept());
    // The button that has the focus goes.
    if (why === null) words.current?.focus();
  };
  return (
    <div className={`${styles.acts} ${styles.kept}`}>
      <span ref={words} tabIndex={-1} className={styles.note}>
        {wordsOf(count)}
      </span>
      <RemoveAll done={done} />
      {problem !== null && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
    </div>
  );
};

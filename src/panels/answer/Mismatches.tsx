import type { ReactElement } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import { IssueSentence } from "./IssueSentence.tsx";
import styles from "./LinkIssues.module.css";

/** Choices that do not go together, a line each, for as long as they do not. */
export const Mismatches = (): ReactElement | null => {
  const { mismatches } = useAnswer();
  if (mismatches.length === 0) return null;
  return (
    <output className={styles.issues}>
      {mismatches.map((issue) => (
        <span key={issue.key} className={styles.line}>
          <span>
            <IssueSentence issue={issue} />
          </span>
        </span>
      ))}
    </output>
  );
};

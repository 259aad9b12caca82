import type { ReactElement } from "react";
import type { Issue } from "#scenario/choices/issue.ts";
import styles from "./ModelSource.module.css";

/** What came of a config.json. */
export type ConfigReport = Readonly<{
  /** Whether it is the model now. */
  taken: boolean;
  issues: readonly Issue[];
  /** Why it never came to be read. */
  problem?: string;
}>;

type ConfigIssuesProps = Readonly<{ id: string; report: ConfigReport | null }>;

/** What was wrong with a config.json or assumed about it, sentence by sentence, and which model is used now. */
export const ConfigIssues = ({ id, report }: ConfigIssuesProps): ReactElement => (
  <div id={id} aria-live="polite">
    {report === null ? null : (
      <ul className={styles.issues}>
        {sentencesOf(report).map((sentence) => (
          <li key={sentence} className={report.taken ? styles.note : styles.problem}>
            {sentence}
          </li>
        ))}
        <li className={styles.note}>{report.taken ? "This model is used now." : "The model before is still used."}</li>
      </ul>
    )}
  </div>
);

const sentencesOf = ({ problem, issues }: ConfigReport): readonly string[] => [
  ...(problem === undefined ? [] : [problem]),
  ...issues.map(({ message }) => message),
];

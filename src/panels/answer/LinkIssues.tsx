import type { ReactElement } from "react";
import { dismissIssues } from "#scenario/page/actions.ts";
import type { Issue } from "#scenario/choices/issue.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./LinkIssues.module.css";

/** More than these are counted, not listed: one line stays one line. */
const LISTED = 4;

const issueText = ({ key, value, used }: Issue): string =>
  `${key} = ${value === "" ? "nothing" : value} (${used === "" ? "left out" : `using ${used}`})`;

/** What was wrong with the link, as one sentence. */
const issuesText = (issues: readonly Issue[]): string => {
  const count = issues.length === 1 ? "1 value" : `${issues.length} values`;
  const verb = issues.length === 1 ? "was" : "were";
  const more = issues.length > LISTED ? `, and ${issues.length - LISTED} more` : "";
  return `${count} in the link ${verb} not understood: ${issues.slice(0, LISTED).map(issueText).join(", ")}${more}.`;
};

/** What a link said and nobody understood, in one line until dismissed; under it, choices that do not go together, for as long as they do not. */
export const LinkIssues = (): ReactElement | null => {
  const issues = useScenario((state) => state.issues);
  const { mismatches } = useAnswer();
  if (issues.length + mismatches.length === 0) return null;
  return (
    <output className={styles.issues}>
      {issues.length > 0 && (
        <span className={styles.line}>
          <span title={issues.map(({ message }) => message).join("\n")}>{issuesText(issues)}</span>
          <Button kind="quiet" size="small" onClick={dismissIssues}>
            Dismiss
          </Button>
        </span>
      )}
      {mismatches.map(({ key, message }) => (
        <span key={key} className={styles.line}>
          {message}
        </span>
      ))}
    </output>
  );
};

import { type ReactElement, useId, useState } from "react";
import { type Issue, isNotKnownIssue } from "#scenario/choices/issue.ts";
import { useScenario } from "#scenario/page/store.ts";
import { keyName, sentenceOf, usedInstead } from "./issue-words.ts";
import styles from "./IssueSentence.module.css";
import { dismissIssues } from "#scenario/page/actions.ts";
import { Button } from "#ui/Button.tsx";
import linkIssuesStyles from "./LinkIssues.module.css";

/** What is wrong with a choice, by the name that the page has for it. */
export const IssueSentence = ({ issue }: Readonly<{ issue: Issue }>): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { said, rest } = sentenceOf(issue, catalog);
  return (
    <>
      {keyName(issue.key)} {said !== "" && <code className={styles.said}>{said}</code>}
      {rest}
    </>
  );
};

/** More than these stand in the list alone: one line stays one line. */
const IN_LINE = 3;

type OfIssue = Readonly<{ issue: Issue }>;

const InLine = ({ issue }: OfIssue): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  if (issue.key === "") return <>{issue.message.replace(/\.$/, "")}</>;
  return (
    <>
      {keyName(issue.key)}{" "}
      <code className={linkIssuesStyles.said}>
        {issue.key} = {issue.value === "" ? "nothing" : issue.value}
      </code>{" "}
      ({usedInstead(issue, catalog)})
    </>
  );
};

/** "2 values in the link were not understood: Batch size batch = -3 (using 1), ...": those first that decide most of the answer. */
const Line = ({ issues }: Readonly<{ issues: readonly Issue[] }>): ReactElement => {
  const count = issues.length === 1 ? "1 value" : `${issues.length} values`;
  const more = issues.length - IN_LINE;
  return (
    <output className={linkIssuesStyles.words}>
      {count} in the link {issues.length === 1 ? "was" : "were"} not understood
      <span className={linkIssuesStyles.which}>
        :{" "}
        {issues.slice(0, IN_LINE).map((issue, index) => (
          <span key={`${issue.key} ${issue.message}`}>
            {index > 0 && ", "}
            <InLine issue={issue} />
          </span>
        ))}
        {more > 0 && `, and ${more} more`}
      </span>
      .
    </output>
  );
};

const Reported = ({ issues }: Readonly<{ issues: readonly Issue[] }>): ReactElement => {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className={linkIssuesStyles.line}>
        <Line issues={issues} />
        <span className={linkIssuesStyles.acts}>
          <Button
            kind="quiet"
            size="small"
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setOpen((before) => !before)}
          >
            {issues.length > IN_LINE ? `All ${issues.length}` : "Why"}
          </Button>
          <Button kind="quiet" size="small" onClick={dismissIssues}>
            Dismiss
          </Button>
        </span>
      </div>
      <ul id={id} className={linkIssuesStyles.list} hidden={!isOpen}>
        {issues.map((issue) => (
          <li key={`${issue.key} ${issue.message}`}>
            <IssueSentence issue={issue} />
          </li>
        ))}
      </ul>
    </>
  );
};

type LinkIssuesProps = Readonly<{
  /** Laid over the edge of what it stands in, where it moves nothing: one line, and a list that opens over the rest. */
  isOver?: boolean;
}>;

/** What a link said and nobody understood, in one line until dismissed; all of it and why in a list that opens. */
export const LinkIssues = ({ isOver = false }: LinkIssuesProps): ReactElement | null => {
  const all = useScenario((state) => state.issues);
  // The verdict says what is not known.
  const issues = all.filter((issue) => !isNotKnownIssue(issue));
  if (issues.length === 0) return null;
  return (
    <div className={isOver ? linkIssuesStyles.over : linkIssuesStyles.issues}>
      <Reported issues={issues} />
    </div>
  );
};

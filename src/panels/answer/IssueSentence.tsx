import type { ReactElement } from "react";
import type { Issue } from "#scenario/choices/issue.ts";
import { useScenario } from "#scenario/page/store.ts";
import { keyName, sentenceOf } from "./issue-words.ts";
import styles from "./IssueSentence.module.css";

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

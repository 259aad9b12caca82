import type { ReactElement } from "react";
import { useAnswer } from "#scenario/page/store.ts";
import styles from "./NotCounted.module.css";

/** The parts that the figures do not include, right under the bars: a sentence each. Nothing where they include all that there is. */
export const NotCounted = (): ReactElement | null => {
  const { notCounted } = useAnswer();
  if (notCounted.length === 0) return null;
  return (
    <ul className={styles.sentences} aria-label="Not included">
      {notCounted.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
};

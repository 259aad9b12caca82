import type { ReactElement } from "react";
import { ChangeRow } from "#panels/advice/ChangeRow.tsx";
import { useIsLocked } from "#panels/advice/use-is-locked.ts";
import type { Given } from "#service/table.ts";
import { takeWayOut } from "./explain-again.ts";
import styles from "./ExplainedError.module.css";

type WaysOutProps = Readonly<{
  /** What can be done, in words. */
  change: string;
  /** null: not known yet. */
  ways: Given<"waysOut"> | null;
}>;

/** What can be done about a request, each way with what comes of it. */
export const WaysOut = ({ change, ways }: WaysOutProps): ReactElement => {
  const isLocked = useIsLocked();
  const free = (ways ?? []).filter(({ patch }) => !isLocked(patch));
  return (
    <section className={styles.ways} aria-label="What to change" aria-busy={ways === null}>
      <p>{change}</p>
      {ways === null && <p className={styles.waits}>Counting what helps</p>}
      {free.length > 0 && (
        <ul>
          {free.map(({ patch, ...way }) => (
            <ChangeRow key={way.title} {...way} apply={() => takeWayOut(way.title, patch)} />
          ))}
        </ul>
      )}
    </section>
  );
};

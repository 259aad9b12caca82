// Removed and added lines of a configuration file.

import type { ReactElement } from "react";
import type { ConfigLines } from "#interop/config-lines/config-lines.ts";
import spoken from "#ui/spoken.module.css";
import styles from "./LineDiff.module.css";

type LineProps = Readonly<{ sign: string; means: string; children: ReactElement }>;

const Line = ({ sign, means, children }: LineProps): ReactElement => (
  <span className={styles.line}>
    <span aria-hidden="true">{sign} </span>
    <span className={spoken.spoken}>{means} </span>
    {children}
    {"\n"}
  </span>
);

/** Lines of a file that go, and those that come. */
export const LineDiff = ({
  label,
  lines: { removed, added },
}: Readonly<{ label: string; lines: Pick<ConfigLines, "removed" | "added"> }>): ReactElement => (
  <section className={styles.lines} aria-label={label} tabIndex={0}>
    <pre>
      {removed.map((line) => (
        <Line key={`- ${line}`} sign="−" means="removed:">
          <del>{line}</del>
        </Line>
      ))}
      {added.map((line) => (
        <Line key={`+ ${line}`} sign="+" means="added:">
          <ins>{line}</ins>
        </Line>
      ))}
    </pre>
  </section>
);

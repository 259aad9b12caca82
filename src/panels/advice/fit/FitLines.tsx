import { type ReactElement, useState } from "react";
import type { ConfigLines } from "#interop/config-lines/config-lines.ts";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/copy-text.ts";
import spoken from "#ui/spoken.module.css";
import styles from "./FitLines.module.css";
import fit from "./MakeItFit.module.css";

type LineProps = Readonly<{ sign: string; means: string; children: ReactElement }>;

const Line = ({ sign, means, children }: LineProps): ReactElement => (
  <span className={styles.line}>
    <span aria-hidden="true">{sign} </span>
    <span className={spoken.spoken}>{means} </span>
    {children}
    {"\n"}
  </span>
);

/** Copies what is added; says whether that was possible. */
const CopyLines = ({ lines: { added } }: Readonly<{ lines: ConfigLines }>): ReactElement => {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(added.join("\n"));
    setSaid(isCopied ? "Copied." : "The browser does not allow copying here: select the lines instead.");
  };
  return (
    <>
      <Button onClick={() => void copy()}>Copy lines</Button> <output className={styles.said}>{said}</output>
    </>
  );
};

/** The changes as lines of the chosen library's file: what goes, what comes, for which versions, and what it has no field for. */
export const FitLines = ({ lines }: Readonly<{ lines: ConfigLines }>): ReactElement => {
  const { file, removed, added, versions, missing } = lines;
  return (
    <div>
      <h3 className={fit.title}>
        As lines of <span className={styles.file}>{file}</span>
      </h3>
      {removed.length + added.length > 0 && (
        <section className={styles.lines} aria-label={`As lines of ${file}`} tabIndex={0}>
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
      )}
      {[...versions, ...missing].map((sentence) => (
        <p key={sentence} className={styles.note}>
          {sentence}
        </p>
      ))}
      {added.length > 0 && <CopyLines lines={lines} />}
    </div>
  );
};

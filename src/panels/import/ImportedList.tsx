import { type ReactElement, useId, useState } from "react";
import { formatCount } from "#format/count.ts";
import type { ImportLine } from "#interop/import/imported.ts";
import { nameOfKey } from "#scenario/words/key-names.ts";
import { Button } from "#ui/Button.tsx";
import { fieldWords } from "./import-words.ts";
import { goToKey, hasControl } from "./go-to-key.ts";
import styles from "./ImportBox.module.css";

/** So many rows stand there before the rest is asked for. */
const MOST_ROWS = 5;

/** So many more come with each press: a file may have thousands of fields. */
const MORE_ROWS = 200;

/** A list one row longer than what is to be shown is shown whole: "1 more" takes as much room as the row. */
const shownOf = (lines: readonly ImportLine[], most: number): readonly ImportLine[] =>
  lines.length <= most + 1 ? lines : lines.slice(0, most);

type RowProps = Readonly<{
  line: ImportLine;
  /** Lines of other files name theirs. */
  mainFile: string;
  close: () => void;
}>;

/** What stands under a field: the file, where it is another one than the first, and why. */
const notesOf = ({ at, sentence }: ImportLine, mainFile: string): readonly string[] =>
  [at === null || at.file === mainFile ? null : at.file, sentence].filter((note) => note !== null);

const Row = ({ line, mainFile, close }: RowProps): ReactElement => {
  const { at, key } = line;
  const go = (): void => {
    close();
    if (key !== null) goToKey(key);
  };
  return (
    <li className={styles.row}>
      <span className={styles.number}>{at === null ? "–" : at.line}</span>
      <span className={styles.what}>
        <code>{fieldWords(line)}</code>
        {notesOf(line, mainFile).map((note) => (
          <span key={note} className={styles.note}>
            {note}
          </span>
        ))}
      </span>
      {key !== null && hasControl(key) && (
        <Button kind="link" className={styles.go} onClick={go}>
          {nameOfKey(key)}
        </Button>
      )}
    </li>
  );
};

type ImportedListProps = Readonly<{
  heading: string;
  lines: readonly ImportLine[];
  mainFile: string;
  close: () => void;
}>;

/** One of the four lists: its first rows, and the others when they are asked for. */
export const ImportedList = ({ heading, lines, mainFile, close }: ImportedListProps): ReactElement => {
  const [most, setMost] = useState(MOST_ROWS);
  const id = useId();
  const shown = shownOf(lines, most);
  return (
    <section className={styles.list} aria-labelledby={id}>
      <h3 id={id}>
        {heading} <span className={styles.count}>{lines.length}</span>
      </h3>
      <ul>
        {shown.map((line, index) => (
          <Row
            key={`${index} ${line.at?.file} ${line.at?.line} ${line.field}`}
            line={line}
            mainFile={mainFile}
            close={close}
          />
        ))}
      </ul>
      {shown.length < lines.length && (
        <Button kind="link" className={styles.more} onClick={() => setMost(most + MORE_ROWS)}>
          {formatCount(lines.length - shown.length)} more
        </Button>
      )}
    </section>
  );
};

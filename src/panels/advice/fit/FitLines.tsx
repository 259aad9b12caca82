import type { ReactElement } from "react";
import { Select } from "#ui/Select.tsx";
import styles from "./FitLines.module.css";
import { LineDiff } from "./LineDiff.tsx";
import fit from "./MakeItFit.module.css";
import type { ShownLines } from "./use-lines.ts";

type FileTitleProps = Readonly<{ files: readonly string[]; file: string; onPick: (file: string) => void }>;

/** Whose file it is; where other libraries have lines, too, a choice of them. */
const FileTitle = ({ files, file, onPick }: FileTitleProps): ReactElement =>
  files.length > 1 ? (
    <div className={styles.picker}>
      <Select
        label="As lines of"
        options={files.map((each) => ({ value: each, label: each }))}
        value={file}
        onChange={onPick}
      />
    </div>
  ) : (
    <h3 className={fit.title}>
      As lines of <span className={styles.file}>{file}</span>
    </h3>
  );

type FitLinesProps = Readonly<{
  shown: ShownLines;
  /** All files that have lines. */
  files: readonly string[];
  /** The stack that is counted. */
  counted: string;
}>;

/** The changes as lines of a library's file: what goes, what comes, for which versions, and what it has no field for. */
export const FitLines = ({ shown: { lines, isOwn, pick }, files, counted }: FitLinesProps): ReactElement => {
  const { file, removed, added, versions, missing } = lines;
  const apart = isOwn ? [] : [`The figures are those of ${counted}.`];
  return (
    <div>
      <FileTitle files={files} file={file} onPick={pick} />
      {removed.length + added.length > 0 && <LineDiff label={`As lines of ${file}`} lines={{ removed, added }} />}
      {[...versions, ...missing, ...apart].map((sentence) => (
        <p key={sentence} className={styles.note}>
          {sentence}
        </p>
      ))}
    </div>
  );
};

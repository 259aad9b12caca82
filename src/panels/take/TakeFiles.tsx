import { type ReactElement, useId, useMemo, useState } from "react";
import type { ExportedFile } from "#interop/export/exported.ts";
import type { ExportTool } from "#interop/export/export-tools.ts";
import { EXPORT_NAMES, usualTool } from "#interop/export/export-names.ts";
import { LineDiff } from "#panels/advice/fit/LineDiff.tsx";
import { useTaken } from "#panels/import/box.ts";
import { namesWords } from "#panels/import/import-words.ts";
import { askOnce } from "#scenario/page/ask-once.ts";
import { useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { Asked } from "#service/table.ts";
import { ActButton } from "#ui/ActButton.tsx";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/copy-text.ts";
import { Select } from "#ui/Select.tsx";
import { download } from "./download.ts";
import styles from "./TakeFiles.module.css";
import { TakeRow } from "./TakeRow.tsx";
import { withoutLooks } from "./without-looks.ts";

type Wanted = Asked<"export">;

const TOOLS = Object.entries(EXPORT_NAMES).map(([value, label]) => ({ value: value as ExportTool, label }));

const save = ({ name, text }: ExportedFile): void =>
  download(name, new Blob([text], { type: "text/plain;charset=utf-8" }));

const saveAll = async (wanted: Wanted): Promise<void> => {
  for (const file of (await askOnce("export", wanted)).files) save(file);
};

/** The tool's own file; those beside it have buttons of their own where they are shown. */
const copyFirst = async (wanted: Wanted): Promise<boolean> => {
  const [first] = (await askOnce("export", wanted)).files;
  return first !== undefined && copyText(first.text);
};

/** @param isAlone the row's own button copies it */
const FileShown = ({ file, isAlone }: Readonly<{ file: ExportedFile; isAlone: boolean }>): ReactElement => (
  <div className={styles.file}>
    <h3 className={styles.name}>
      <code>{file.name}</code>
    </h3>
    {!isAlone && (
      <ActButton size="small" act={() => copyText(file.text)} done="Copied">
        Copy
      </ActButton>
    )}
    <section className={styles.text} aria-label={file.name} tabIndex={0}>
      <pre>{file.text}</pre>
    </section>
  </div>
);

/** What became of the file that was imported: "3 lines of lora-8b.yaml change". */
const changedWords = (names: string, count: number): string => {
  if (count === 0) return `No line of ${names} changes.`;
  return `${count} ${count === 1 ? "line" : "lines"} of ${names} ${count === 1 ? "changes" : "change"}:`;
};

const FilesShown = ({ wanted, id }: Readonly<{ wanted: Wanted; id: string }>): ReactElement => {
  const { value, fresh } = useAsked("export", wanted);
  const taken = useTaken();
  return (
    <div id={id} className={styles.files} aria-busy={!fresh}>
      {value !== null && (
        <>
          {value.changes !== null && taken !== null && (
            <>
              <p className={styles.note}>
                {changedWords(namesWords(taken), Math.max(value.changes.removed.length, value.changes.added.length))}
              </p>
              {value.changes.removed.length + value.changes.added.length > 0 && (
                <LineDiff label={`What changes of ${namesWords(taken)}`} lines={value.changes} />
              )}
            </>
          )}
          {value.files.map((file) => (
            <FileShown key={file.name} file={file} isAlone={value.files.length === 1} />
          ))}
          {value.left.length > 0 && (
            <ul className={styles.left} aria-label="What the file does not say">
              {value.left.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
};

/** The scenario as a tool's own file: picked, seen, copied, saved; beside it what changes of the file that was imported. */
export const TakeFiles = (): ReactElement => {
  const choices = useScenario((state) => state.choices);
  const taken = useTaken();
  const [picked, setPicked] = useState<ExportTool | null>(null);
  const [isShown, setShown] = useState(false);
  const id = useId();
  const tool = picked ?? usualTool(choices.stack);
  const wanted = useMemo(
    (): Wanted => ({ tool, choices: withoutLooks(choices), since: taken?.after ?? null }),
    [tool, choices, taken],
  );
  return (
    <>
      <TakeRow name="Training file">
        <span className={styles.tool}>
          <Select label="Tool" options={TOOLS} value={tool} onChange={setPicked} />
        </span>
        <ActButton size="small" act={() => copyFirst(wanted)} done="Copied">
          Copy
        </ActButton>
        <ActButton size="small" act={() => saveAll(wanted)} done="Saved">
          Save
        </ActButton>
        <Button size="small" aria-expanded={isShown} aria-controls={id} onClick={() => setShown(!isShown)}>
          {isShown ? "Hide" : "Show"}
        </Button>
      </TakeRow>
      {isShown && <FilesShown wanted={wanted} id={id} />}
    </>
  );
};

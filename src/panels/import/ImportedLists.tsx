// Result of an import: fields read, assumed, not modeled, and the new figure.

import { type ReactElement, useId, useState, useEffect, useRef } from "react";
import { formatGib } from "#format/bytes.ts";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { headroomText } from "#panels/answer/FitStatus.tsx";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { useAnswer, useScenario, type ControlId, goToControl } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import styles from "./ImportBox.module.css";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { openSection, type SectionId, SECTION_KEYS } from "#panels/scenario/sections.ts";
import { formatCount } from "#format/numbers.ts";
import {
  type ImportLine,
  listHeading,
  IMPORT_LISTS,
  notModeledWords,
  unknownFieldsFirst,
} from "#interop/import/import-result.ts";
import { nameOfKey } from "#scenario/words/key-words.ts";
import { Button } from "#ui/Button.tsx";
import { fieldWords, checkedFieldsWords, toolWords } from "./import-words.ts";
import { openEmptyImportBox, type ImportResult } from "./import-state.ts";
import { isImportLastStep, undoImport } from "./import-actions.ts";

/** "LoRA: 21.4 GiB on each of 2 × RTX 4090, 2.2 GiB free"; or what is not known. */
const figureOf = (answer: PageAnswer): string => {
  const focus = focusedMethod(answer);
  if (focus === null) return answer.notKnown.map(({ sentence }) => sentence).join(" ");
  const { gpus } = answer.choices;
  const cards = gpus > 1 ? `each of ${gpus} × ${answer.gpu.shortName}` : answer.gpu.shortName;
  return `${METHOD_NAMES[focus.method].label}: ${formatGib(focus.estimate.onCardBytes)} GiB on ${cards}, ${headroomText(focus.card)}`;
};

/** What the answer behind the box has come to. */
export const AnswerFigure = (): ReactElement => {
  const answer = useAnswer();
  const isFresh = useScenario(({ choices }) => choices === answer.choices);
  return (
    <output className={styles.figure} aria-busy={!isFresh}>
      {isFresh ? figureOf(answer) : "Counting"}
    </output>
  );
};

/** Controls that stand open, by the keys that they set. */
const OPEN: Readonly<Partial<Record<LinkKey, ControlId>>> = {
  model: "model",
  params: "model",
  arch: "model",
  gpu: "gpu",
  vram: "gpu",
  gpus: "gpu",
  batch: "batch",
  seq: "seq",
  r: "r",
  targets: "targets",
  weights: "bytes",
  grads: "bytes",
  states: "bytes",
  adapters: "bytes",
};

const sectionOf = (key: LinkKey): SectionId | undefined =>
  (Object.keys(SECTION_KEYS) as readonly SectionId[]).find((section) =>
    SECTION_KEYS[section].some((each) => each === key),
  );

/** Whether some control sets a key. @internal */
export const hasControl = (key: LinkKey): boolean => Object.hasOwn(OPEN, key) || sectionOf(key) !== undefined;

/** Leads to the control that sets a key, wherever it is. */
const goToKey = (key: LinkKey): void => {
  const control = OPEN[key];
  const section = sectionOf(key);
  if (control !== undefined) goToControl(control);
  if (section === undefined) return;
  goToControl("section");
  openSection(section);
};

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
const ImportedList = ({ heading, lines, mainFile, close }: ImportedListProps): ReactElement => {
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

const Sentence = ({ taken }: Readonly<{ taken: ImportResult }>): ReactElement => {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), []);
  const checked = checkedFieldsWords(taken);
  const missing = notModeledWords(taken.found.lists);
  return (
    <p ref={line} tabIndex={-1} className={styles.sentence}>
      <strong>{toolWords(taken)}</strong> {checked}
      {missing !== null && (
        <>
          {checked !== null && "; "}
          <strong>{missing}</strong>, so the answer may be off
        </>
      )}
      {(checked ?? missing) !== null && "."}
    </p>
  );
};

/** What was found in files, in four lists, and the way back. */
export const ImportedLists = ({ taken, close }: Readonly<{ taken: ImportResult; close: () => void }>): ReactElement => {
  const canUndo = useScenario((state) => isImportLastStep(taken, state));
  const { lists } = taken.found;
  return (
    <>
      <div className={styles.body}>
        <Sentence taken={taken} />
        <div className={styles.lists}>
          {IMPORT_LISTS.filter((list) => lists[list].length > 0).map((list) => (
            <ImportedList
              key={list}
              heading={listHeading(list, lists[list])}
              lines={unknownFieldsFirst(lists[list])}
              mainFile={taken.names[0] ?? ""}
              close={close}
            />
          ))}
        </div>
        <Button kind="link" onClick={() => openEmptyImportBox()}>
          Read something else
        </Button>
      </div>
      <div className={styles.foot}>
        <AnswerFigure />
        <span className={styles.acts}>
          {canUndo && <Button onClick={undoImport}>Undo</Button>}
          <Button kind="primary" onClick={close}>
            Done
          </Button>
        </span>
      </div>
    </>
  );
};

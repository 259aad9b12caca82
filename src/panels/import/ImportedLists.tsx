import { type ReactElement, useEffect, useRef } from "react";
import { headingOf, LISTS, notModelledWords, unknownFirst } from "#interop/import/list-words.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { openEmptyBox, type Taken } from "./box.ts";
import { Figure } from "./Figure.tsx";
import styles from "./ImportBox.module.css";
import { ImportedList } from "./ImportedList.tsx";
import { checkedWords, toolWords } from "./import-words.ts";
import { isLastStep, takeBack } from "./take-files.ts";

const Sentence = ({ taken }: Readonly<{ taken: Taken }>): ReactElement => {
  const line = useRef<HTMLParagraphElement>(null);
  useEffect(() => line.current?.focus(), []);
  const checked = checkedWords(taken);
  const missing = notModelledWords(taken.found.lists);
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
export const ImportedLists = ({ taken, close }: Readonly<{ taken: Taken; close: () => void }>): ReactElement => {
  const canUndo = useScenario((state) => isLastStep(taken, state));
  const { lists } = taken.found;
  return (
    <>
      <div className={styles.body}>
        <Sentence taken={taken} />
        <div className={styles.lists}>
          {LISTS.filter((list) => lists[list].length > 0).map((list) => (
            <ImportedList
              key={list}
              heading={headingOf(list, lists[list])}
              lines={unknownFirst(lists[list])}
              mainFile={taken.names[0] ?? ""}
              close={close}
            />
          ))}
        </div>
        <Button kind="link" onClick={() => openEmptyBox()}>
          Read something else
        </Button>
      </div>
      <div className={styles.foot}>
        <Figure />
        <span className={styles.acts}>
          {canUndo && <Button onClick={takeBack}>Undo</Button>}
          <Button kind="primary" onClick={close}>
            Done
          </Button>
        </span>
      </div>
    </>
  );
};

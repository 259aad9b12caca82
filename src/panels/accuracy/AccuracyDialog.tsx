import { type ReactElement, useEffect, useRef } from "react";
import { Button } from "#ui/Button.tsx";
import { late } from "#ui/late.tsx";
import styles from "./AccuracyDialog.module.css";

const AccuracyView = late<object>(async () => (await import("./AccuracyView.tsx")).AccuracyView).Part;

/** The anchor of the page's address under which this is open. */
export const ACCURACY_HASH = "#accuracy";
/** Where the reader came from. */
const BACK_HASH = "#computed";

const close = (): void => {
  location.hash = BACK_HASH;
};

/** Predicted against measured, over the whole page: open while the address says so, so that it can be linked, and "back" leaves it. */
export const AccuracyDialog = (): ReactElement => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="accuracy-title" onClose={close}>
      <div className={styles.head}>
        <h2 id="accuracy-title">Predicted against measured</h2>
        <Button onClick={close}>Close</Button>
      </div>
      <AccuracyView />
    </dialog>
  );
};

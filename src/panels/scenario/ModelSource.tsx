import type { ReactElement } from "react";
import { openBox, useImportResult } from "#panels/import/box.ts";
import { takenWords } from "#panels/import/import-words.ts";
import styles from "./ModelSource.module.css";

/** The way to bring what others have written: a training file, a config.json, a model's id, an error. Says what was brought last, and opens its lists again. */
export const ModelSource = (): ReactElement => {
  const taken = useImportResult();
  return (
    <button type="button" className={styles.source} aria-haspopup="dialog" onClick={openBox}>
      {taken === null ? "Paste or drop a config, a model id or an error" : takenWords(taken)}
    </button>
  );
};

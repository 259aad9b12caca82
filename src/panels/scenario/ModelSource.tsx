// Button that opens the import dialog and shows the last import.

import type { ReactElement } from "react";
import { openImportBox, useImportResult } from "#panels/import/import-state.ts";
import { importSummary } from "#panels/import/import-words.ts";
import styles from "./ModelSource.module.css";

/** The way to bring what others have written: a training file, a config.json, a model's id, an error. Says what was brought last, and opens its lists again. */
export const ModelSource = (): ReactElement => {
  const taken = useImportResult();
  return (
    <button type="button" className={styles.source} aria-haspopup="dialog" onClick={openImportBox}>
      {taken === null ? "Paste or drop a config, a model id or an error" : importSummary(taken)}
    </button>
  );
};

// Drop and paste on the whole page, which open the import dialog.

import { type ReactElement, useEffect, useState } from "react";
import { useScenario } from "#scenario/page/store.ts";
import { latePart } from "#ui/late-parts.tsx";
import { useImportBox } from "./import-state.ts";
import styles from "./ImportDoor.module.css";

/** A box that could not be fetched is closed again, so that it can be opened once more. */
const Closed = (): null => {
  useEffect(() => useImportBox.setState({ isOpen: false }), []);
  return null;
};

const importBox = latePart<Readonly<{ isHeldOver: boolean }>>(
  async () => (await import("./ImportBox.tsx")).ImportBox,
  Closed,
);

/** The readers of what is dropped or pasted, fetched with the box. */
const importActions = () => import("./import-actions.ts");

/** Where the readers are gone the page says so: what was dropped or pasted is still where it was. */
const nothing = (): void => undefined;

/** Where a text that is pasted is written. */
const WRITTEN = "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea, [contenteditable]";

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") ?? false;

/** How many files a drag holds; their names are told only when they are dropped. */
const countOf = ({ dataTransfer }: DragEvent): number =>
  [...(dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file").length;

/** Another page over the page takes no files: nobody would see what came of them. */
const isElsewhere = (): boolean => !useImportBox.getState().isOpen && document.querySelector("dialog:modal") !== null;

type Watched = Readonly<{
  /** Whether files are taken at all. */
  takes: boolean;
  onDrag: (files: number | null) => void;
  signal: AbortSignal;
}>;

/** Files that nobody takes are not opened by the browser either, in the place of the page. */
const watchDrops = ({ takes, onDrag, signal }: Watched): void => {
  const over = (event: DragEvent): void => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (takes && !isElsewhere()) onDrag(countOf(event));
  };
  const leave = ({ relatedTarget }: DragEvent): void => {
    if (relatedTarget === null) onDrag(null);
  };
  const drop = (event: DragEvent): void => {
    onDrag(null);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    if (takes && !isElsewhere())
      void importActions()
        .then(({ importDroppedFiles }) => importDroppedFiles(files))
        .catch(nothing);
  };
  addEventListener("dragover", over, { signal });
  addEventListener("dragleave", leave, { signal });
  addEventListener("dragend", () => onDrag(null), { signal });
  addEventListener("drop", drop, { signal });
};

const watchPaste = (signal: AbortSignal): void => {
  const paste = (event: ClipboardEvent): void => {
    if ((event.target instanceof Element && event.target.matches(WRITTEN)) || isElsewhere()) return;
    const files = [...(event.clipboardData?.files ?? [])];
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (files.length === 0 && text.trim() === "") return;
    event.preventDefault();
    void importActions()
      .then(({ importDroppedFiles, importText }) => (files.length > 0 ? importDroppedFiles(files) : importText(text)))
      .catch(nothing);
  };
  addEventListener("paste", paste, { signal });
};

/** Where files, texts and ids come in: the whole page, and a box over it. */
export const ImportDoor = (): ReactElement | null => {
  const isOpen = useImportBox((state) => state.isOpen);
  const isLocked = useScenario(({ choices }) => choices.lock.includes("model"));
  const [dragged, setDragged] = useState<number | null>(null);
  useEffect(() => {
    const end = new AbortController();
    watchDrops({ takes: !isLocked, onDrag: setDragged, signal: end.signal });
    if (!isLocked) watchPaste(end.signal);
    return () => end.abort();
  }, [isLocked]);
  return (
    <>
      {isOpen ? <importBox.Part isHeldOver={dragged !== null} /> : null}
      {dragged !== null && !isOpen ? (
        <div className={styles.frame}>
          <p>Drop to read {dragged > 1 ? `${dragged} files` : "this file"}</p>
        </div>
      ) : null}
    </>
  );
};

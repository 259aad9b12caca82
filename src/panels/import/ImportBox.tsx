import { type ReactElement, type RefObject, useEffect, useEffectEvent, useId, useRef } from "react";
import { Button } from "#ui/Button.tsx";
import { watchPull } from "#ui/watch-pull.ts";
import { late } from "#ui/late.tsx";
import { useModal } from "#ui/use-modal.ts";
import { type Explained, type Taken, useBox, useTaken } from "./box.ts";
import styles from "./ImportBox.module.css";
import { ImportedLists } from "./ImportedLists.tsx";
import { namesWords } from "./import-words.ts";
import { ImportForm } from "./ImportForm.tsx";
import { closeBox } from "./take-files.ts";

const Cross = (): ReactElement => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path className={styles.stroke} d="m3.5 3.5 9 9m0-9-9 9" />
  </svg>
);

/** On a phone the box is a sheet, which a pull at its upper edge closes. */
const usePullDown = (edge: RefObject<HTMLElement | null>, close: () => void): void => {
  const pulled = useEffectEvent((to: "up" | "down"): void => {
    if (to === "down" && matchMedia("(pointer: coarse)").matches) close();
  });
  useEffect(() => {
    const end = new AbortController();
    if (edge.current !== null) watchPull(edge.current, (to) => pulled(to), end.signal);
    return () => end.abort();
  }, [edge]);
};

const titleOf = (error: Explained | null, lists: Taken | null): string => {
  if (error !== null) return "Out of memory, explained";
  return lists === null ? "Paste or drop" : namesWords(lists);
};

/** Errors come seldom: what explains them is fetched with the first. */
const explanation = late<Readonly<{ explained: Explained; close: () => void }>>(
  async () => (await import("./ExplainedError.tsx")).ExplainedError,
);

/**
 * One box for all that describes a run or a model: a training file, a config.json, an id of Hugging Face, and for an error that a run ended with. What was taken is listed in it, over the answer
 * that has changed behind it.
 *
 * @param isHeldOver files are held over the page
 */
export const ImportBox = ({ isHeldOver }: Readonly<{ isHeldOver: boolean }>): ReactElement => {
  const { dialog, close, listeners } = useModal(closeBox);
  const head = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const showsLists = useBox((box) => box.showsLists);
  const taken = useTaken();
  usePullDown(head, close);
  const explained = useBox((state) => state.explained);
  const error = isHeldOver ? null : explained;
  const lists = showsLists && !isHeldOver ? taken : null;
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={titleId} {...listeners}>
      <div ref={head} className={styles.head}>
        <h2 id={titleId}>{titleOf(error, lists)}</h2>
        <Button kind="quiet" className={styles.cross} aria-label="Close" onClick={close}>
          <Cross />
        </Button>
      </div>
      {error !== null && <explanation.Part explained={error} close={close} />}
      {error === null && lists === null && <ImportForm isHeldOver={isHeldOver} close={close} />}
      {error === null && lists !== null && <ImportedLists key={lists.names.join()} taken={lists} close={close} />}
    </dialog>
  );
};

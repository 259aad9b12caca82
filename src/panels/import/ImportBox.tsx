// Import dialog for files, pasted text, Hugging Face ids and errors.

import {
  type ReactElement,
  type ChangeEvent,
  type ClipboardEvent,
  useEffect,
  useId,
  useRef,
  type RefObject,
  useEffectEvent,
} from "react";
import styles from "./ImportBox.module.css";
import { Button } from "#ui/Button.tsx";
import { hasKeptRows } from "#panels/measured/shown-measurements.ts";
import { latePart } from "#ui/late-parts.tsx";
import spoken from "#ui/spoken.module.css";
import { useIsPhone } from "#ui/window.ts";
import {
  PASTED_TEXT_NAME,
  setImportText,
  useImportBox,
  type Explained,
  type ImportResult,
  useImportResult,
} from "./import-state.ts";
import { refusalWords, namesWords } from "./import-words.ts";
import { looksLikeId } from "./hub-config.ts";
import { importHubModel, importFieldText, importDroppedFiles, importText, closeImportBox } from "./import-actions.ts";
import { watchPull, useModal } from "#ui/Dialog.tsx";
import { ImportedLists } from "./ImportedLists.tsx";

/** What the box takes, in four kinds; of the last one there is nothing to take yet. */
export const ImportKinds = ({ close }: Readonly<{ close: () => void }>): ReactElement => (
  <dl className={styles.kinds}>
    <div>
      <dt>A training file</dt>
      <dd>
        Axolotl, LLaMA-Factory, torchtune, TRL, Unsloth, ms-swift, torchtitan: a config, a command or a notebook, with
        its DeepSpeed or Accelerate file
      </dd>
    </div>
    <div>
      <dt>A model</dt>
      <dd>config.json, adapter_config.json, or an id such as Qwen/Qwen2.5-7B</dd>
    </div>
    <div>
      <dt>An error, a measured row</dt>
      <dd>
        CUDA out of memory, with its traceback and config if you have them; what the measuring script of a scenario
        prints
      </dd>
    </div>
    <div>
      <dt>Nothing yet</dt>
      <dd>
        <a href="#choose" onClick={close}>
          Choose for me
        </a>
        : card, number of examples, kind of task
      </dd>
    </div>
  </dl>
);

const pick = ({ target }: ChangeEvent<HTMLInputElement>): void => {
  const files = [...(target.files ?? [])];
  // The same file can be picked again.
  target.value = "";
  void importDroppedFiles(files);
};

/** Files from a clipboard, and a text pasted into an empty field, are read at once; what is pasted into a text waits for a press. */
const paste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
  const files = [...event.clipboardData.files];
  const text = event.clipboardData.getData("text/plain");
  if (files.length === 0 && (event.currentTarget.value !== "" || text === "")) return;
  event.preventDefault();
  if (files.length > 0) void importDroppedFiles(files);
  else importText(text);
};

/** Why the last files were not taken, or what a text is. */
const Report = ({ isId }: Readonly<{ isId: boolean }>): ReactElement | null => {
  const refusals = useImportBox((box) => box.refusals);
  const name = useImportBox((box) => box.name);
  if (refusals.length === 0) return isId ? <p>Looks like a Hugging Face id. Its config.json can be fetched.</p> : null;
  return (
    <ul className={styles.refusals}>
      {refusals.map((refusal) => (
        <li key={`${refusal.file} ${refusal.line} ${refusal.sentence}`}>
          {refusalWords(refusal, name ?? PASTED_TEXT_NAME)}
        </li>
      ))}
      <li className={styles.note}>The scenario is what it was.</li>
    </ul>
  );
};

const Act = ({ isId, isEmpty }: Readonly<{ isId: boolean; isEmpty: boolean }>): ReactElement | null => {
  const waits = useImportBox((box) => box.waits);
  if (waits === "reading" && isEmpty) return <output className={styles.note}>Reading</output>;
  if (isEmpty) return null;
  const [idle, busy, act] = isId
    ? (["Fetch", "Fetching", importHubModel] as const)
    : (["Read", "Reading", importFieldText] as const);
  return (
    <Button kind="primary" disabled={waits !== null} onClick={() => void act()}>
      {waits === null ? idle : busy}
    </Button>
  );
};

/** Where this browser keeps measured rows. */
const keptNote = latePart<Readonly<Record<never, never>>>(
  async () => (await import("#panels/measured/KeptRows.tsx")).KeptNote,
);

type ImportFormProps = Readonly<{ isHeldOver: boolean; close: () => void }>;

/** The field of the box, and what may stand in it. */
const ImportForm = ({ isHeldOver, close }: ImportFormProps): ReactElement => {
  const text = useImportBox((box) => box.text);
  const isRefused = useImportBox((box) => box.refusals.length > 0);
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const isPhone = useIsPhone();
  // A keyboard over half of a phone's window comes when it is asked for.
  useEffect(() => (isPhone ? files : field).current?.focus(), [isPhone]);
  const isId = looksLikeId(text);
  const isEmpty = text.trim() === "";
  return (
    <>
      <div className={styles.body}>
        <div className={styles.field} data-held={isHeldOver}>
          <label className={spoken.spoken} htmlFor={id}>
            Text of a training file, a config.json, an error, or a Hugging Face id
          </label>
          <textarea
            ref={field}
            id={id}
            value={text}
            spellCheck={false}
            autoCapitalize="none"
            aria-invalid={isRefused}
            aria-describedby={`${id}-report`}
            onPaste={paste}
            onChange={({ target }) => setImportText(target.value)}
          />
          <p className={styles.hint} data-over={text !== ""}>
            {text === "" && <span aria-hidden="true">Paste here, drop files anywhere on the page, or </span>}
            <label className={styles.choose}>
              {text === "" ? "choose files" : "Choose files"}
              <input ref={files} className={spoken.spoken} type="file" multiple onChange={pick} />
            </label>
          </p>
          {isHeldOver && <p className={styles.held}>Drop to read</p>}
        </div>
        <div className={styles.report}>
          <div id={`${id}-report`} aria-live="polite">
            <Report isId={isId} />
          </div>
          <Act isId={isId} isEmpty={isEmpty} />
        </div>
        <ImportKinds close={close} />
        {hasKeptRows() && <keptNote.Part />}
      </div>
      <p className={styles.foot}>
        Read in this browser, sent nowhere. Only a model id goes to Hugging Face, and only when you press Fetch.
      </p>
    </>
  );
};

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

const titleOf = (error: Explained | null, lists: ImportResult | null): string => {
  if (error !== null) return "Out of memory, explained";
  return lists === null ? "Paste or drop" : namesWords(lists);
};

/** Errors come seldom: what explains them is fetched with the first. */
const explanation = latePart<Readonly<{ explained: Explained; close: () => void }>>(
  async () => (await import("./ExplainedError.tsx")).ExplainedError,
);

/**
 * One box for all that describes a run or a model: a training file, a config.json, an id of Hugging Face, and for an error that a run ended with. What was taken is listed in it, over the answer
 * that has changed behind it.
 *
 * @param isHeldOver files are held over the page
 */
export const ImportBox = ({ isHeldOver }: Readonly<{ isHeldOver: boolean }>): ReactElement => {
  const { dialog, close, listeners } = useModal(closeImportBox);
  const head = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const showsLists = useImportBox((box) => box.showsLists);
  const taken = useImportResult();
  usePullDown(head, close);
  const explained = useImportBox((state) => state.explained);
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

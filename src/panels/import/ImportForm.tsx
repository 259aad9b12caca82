import { type ChangeEvent, type ClipboardEvent, type ReactElement, useEffect, useId, useRef } from "react";
import { Button } from "#ui/Button.tsx";
import { hasKept } from "#panels/measured/has-kept.ts";
import { late } from "#ui/late.tsx";
import spoken from "#ui/spoken.module.css";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { PASTED, typeText, useBox } from "./box.ts";
import styles from "./ImportBox.module.css";
import { ImportKinds } from "./ImportKinds.tsx";
import { refusalWords } from "./import-words.ts";
import { looksLikeId } from "./looks-like-id.ts";
import { fetchId, readField, takeFiles, takeText } from "./take-files.ts";

const pick = ({ target }: ChangeEvent<HTMLInputElement>): void => {
  const files = [...(target.files ?? [])];
  // The same file can be picked again.
  target.value = "";
  void takeFiles(files);
};

/** Files from a clipboard, and a text pasted into an empty field, are read at once; what is pasted into a text waits for a press. */
const paste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
  const files = [...event.clipboardData.files];
  const text = event.clipboardData.getData("text/plain");
  if (files.length === 0 && (event.currentTarget.value !== "" || text === "")) return;
  event.preventDefault();
  if (files.length > 0) void takeFiles(files);
  else takeText(text);
};

/** Why the last files were not taken, or what a text is. */
const Report = ({ isId }: Readonly<{ isId: boolean }>): ReactElement | null => {
  const refusals = useBox((box) => box.refusals);
  const name = useBox((box) => box.name);
  if (refusals.length === 0) return isId ? <p>Looks like a Hugging Face id. Its config.json can be fetched.</p> : null;
  return (
    <ul className={styles.refusals}>
      {refusals.map((refusal) => (
        <li key={`${refusal.file} ${refusal.line} ${refusal.sentence}`}>{refusalWords(refusal, name ?? PASTED)}</li>
      ))}
      <li className={styles.note}>The scenario is what it was.</li>
    </ul>
  );
};

const Act = ({ isId, isEmpty }: Readonly<{ isId: boolean; isEmpty: boolean }>): ReactElement | null => {
  const waits = useBox((box) => box.waits);
  if (waits === "reading" && isEmpty) return <output className={styles.note}>Reading</output>;
  if (isEmpty) return null;
  const [idle, busy, act] = isId
    ? (["Fetch", "Fetching", fetchId] as const)
    : (["Read", "Reading", readField] as const);
  return (
    <Button kind="primary" disabled={waits !== null} onClick={() => void act()}>
      {waits === null ? idle : busy}
    </Button>
  );
};

/** Where this browser keeps measured rows. */
const keptNote = late<Readonly<Record<never, never>>>(
  async () => (await import("#panels/measured/KeptNote.tsx")).KeptNote,
);

type ImportFormProps = Readonly<{ isHeldOver: boolean; close: () => void }>;

/** The field of the box, and what may stand in it. */
export const ImportForm = ({ isHeldOver, close }: ImportFormProps): ReactElement => {
  const text = useBox((box) => box.text);
  const isRefused = useBox((box) => box.refusals.length > 0);
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
            onChange={({ target }) => typeText(target.value)}
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
        {hasKept() && <keptNote.Part />}
      </div>
      <p className={styles.foot}>
        Read in this browser, sent nowhere. Only a model id goes to Hugging Face, and only when you press Fetch.
      </p>
    </>
  );
};

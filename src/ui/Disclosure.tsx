// Row that opens and shows its value while closed.

import { useEffect, useId, useRef, useState, type ReactElement, type ReactNode } from "react";
import { Chevron } from "./Chevron.tsx";
import styles from "./Disclosure.module.css";

type DisclosureProps = Readonly<{
  label: string;
  /** What the closed line shows: the value, or "1 changed". */
  summary: string;
  /** It says something that is not so by default: a dot before the label, as at a field. */
  changed?: boolean;
  /** Holds until the row is pressed for the first time. */
  defaultOpen?: boolean;
  /** How often it was asked for from elsewhere: each time it opens and takes the focus. */
  asked?: number;
  /** It has opened for that. */
  onAsked?: () => void;
  children: ReactNode;
}>;

/** A row that opens what lies under it; the whole row is the button. */
export const Disclosure = ({
  label,
  summary,
  changed = false,
  defaultOpen = false,
  asked = 0,
  onAsked,
  children,
}: DisclosureProps): ReactElement => {
  const [pressed, setPressed] = useState<boolean | null>(null);
  const open = pressed ?? defaultOpen;
  const bodyId = useId();
  const row = useRef<HTMLButtonElement>(null);
  const [answered, setAnswered] = useState(0);
  if (asked > answered) {
    setAnswered(asked);
    setPressed(true);
  }
  useEffect(() => {
    if (asked === 0) return;
    row.current?.focus();
    onAsked?.();
  }, [asked, onAsked]);
  return (
    <div className={styles.disclosure}>
      <button
        ref={row}
        type="button"
        className={styles.row}
        data-changed={changed ? true : undefined}
        aria-expanded={open}
        aria-controls={open ? bodyId : undefined}
        onClick={() => setPressed(!open)}
      >
        <span className={styles.label}>{label}</span> <span className={styles.summary}>{summary}</span>
        <span className={styles.chevron}>
          <Chevron to={open ? "down" : "right"} />
        </span>
      </button>
      {open ? (
        <div id={bodyId} className={styles.body} data-pressed={pressed !== null}>
          <div className={styles.content}>{children}</div>
        </div>
      ) : null}
    </div>
  );
};

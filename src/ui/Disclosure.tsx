import { useId, useState, type ReactElement, type ReactNode } from "react";
import { Chevron } from "./Chevron.tsx";
import styles from "./Disclosure.module.css";

type DisclosureProps = Readonly<{
  label: string;
  /** What the closed line shows: the value, or "1 changed". */
  summary: string;
  /** Holds until the row is pressed for the first time. */
  defaultOpen?: boolean;
  children: ReactNode;
}>;

/** A row that opens what lies under it; the whole row is the button. */
export const Disclosure = ({ label, summary, defaultOpen = false, children }: DisclosureProps): ReactElement => {
  const [pressed, setPressed] = useState<boolean | null>(null);
  const open = pressed ?? defaultOpen;
  const bodyId = useId();
  return (
    <div className={styles.disclosure}>
      <button
        type="button"
        className={styles.row}
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

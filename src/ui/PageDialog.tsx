import { type ReactElement, type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./Button.tsx";
import styles from "./PageDialog.module.css";

type PageDialogProps = Readonly<{
  title: string;
  /** The anchor of the place that the reader came from. */
  back: string;
  /** As wide as a column, and as high as what it holds; on a phone it fills the window like the others. */
  small?: boolean;
  children: ReactNode;
}>;

/** A page over the page: shown while the address names it by an anchor, so that it can be linked, and "back" leaves it. */
export const PageDialog = ({ title, back, small = false, children }: PageDialogProps): ReactElement => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => {
    location.hash = back;
  };
  return (
    <dialog ref={dialog} className={small ? styles.small : styles.dialog} aria-labelledby={id} onClose={close}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        <Button onClick={close}>Close</Button>
      </div>
      {children}
    </dialog>
  );
};

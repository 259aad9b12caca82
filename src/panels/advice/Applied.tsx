import type { ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import styles from "./Changes.module.css";
import { takeFocus } from "./take-focus.ts";

/** What was just made, and the way back. */
export const Applied = ({ title, back }: Readonly<{ title: string; back: () => void }>): ReactElement => (
  <p className={styles.applied}>
    {title}: applied.{" "}
    <Button kind="link" ref={takeFocus} onClick={back}>
      Undo
    </Button>
  </p>
);

import type { ReactElement, ReactNode } from "react";
import styles from "./Take.module.css";

/** One way out of the page, and its buttons. */
export const TakeRow = ({ name, children }: Readonly<{ name: string; children: ReactNode }>): ReactElement => (
  <fieldset className={styles.row}>
    <legend>{name}</legend>
    {children}
  </fieldset>
);

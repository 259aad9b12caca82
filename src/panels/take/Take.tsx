// Frame of the export panel; its buttons load near the window.

import type { ReactElement } from "react";
import { useNear } from "#panels/answer/use-settled-answer.ts";
import { usePrinting } from "#ui/window.ts";
import { latePart } from "#ui/late-parts.tsx";
import styles from "./Take.module.css";

const TakeRows = latePart(async () => (await import("./TakeRows.tsx")).TakeRows).Part;

/** What can be taken away from the page; its buttons come when it comes near. On paper it is the link in full. */
export const Take = (): ReactElement => {
  const { ref, near } = useNear<HTMLElement>();
  const printing = usePrinting();
  return (
    <section id="take" ref={ref} className={styles.place} aria-label="Take it with you">
      {near && <TakeRows />}
      {printing && <p className={styles.printed}>{location.href}</p>}
    </section>
  );
};

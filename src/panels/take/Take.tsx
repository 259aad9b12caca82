import type { ReactElement } from "react";
import { useNear } from "#panels/answer/use-near.ts";
import { usePrinting } from "#panels/answer/use-printing.ts";
import { late } from "#ui/late.tsx";
import styles from "./Take.module.css";

const TakeRows = late(async () => (await import("./TakeRows.tsx")).TakeRows).Part;

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

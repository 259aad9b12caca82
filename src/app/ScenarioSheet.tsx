import { useId, useRef, useState, type ReactElement, type ReactNode } from "react";
import { Button } from "#ui/Button.tsx";
import { soon } from "#ui/soon.ts";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { useTakenOver } from "#ui/use-taken-over.ts";
import styles from "./ScenarioSheet.module.css";

const Margins = soon(async () => (await import("#panels/answer/Margins.tsx")).Margins);
const SheetMoves = soon(async () => (await import("./SheetMoves.tsx")).SheetMoves);

/**
 * Holds the scenario: a column on wide windows, a bottom sheet on a phone. The sheet is not modal and at most 56 % high, because moving a
 * slider must show the answer above it; the bar of margins rides on its edge. A sheet that nobody has opened yet is empty, unless the static page has
 * drawn it.
 */
export const ScenarioSheet = ({ children }: Readonly<{ children: ReactNode }>): ReactElement => {
  /** null: nobody has opened it yet. */
  const [open, setOpen] = useState<boolean | null>(null);
  const isPhone = useIsPhone();
  const isDrawn = useTakenOver();
  const bar = useRef<HTMLDivElement>(null);
  const bodyId = useId();
  const isOpen = open === true;
  const press = (): void => {
    setOpen(!isOpen);
    if (!isOpen) document.getElementById("bars")?.scrollIntoView({ block: "start" });
  };
  return (
    <aside className={styles.sheet} data-open={isOpen} aria-label="Scenario">
      <div ref={bar} className={styles.bar}>
        <Margins />
        <Button kind="primary" aria-expanded={isOpen} aria-controls={bodyId} onClick={press}>
          {isOpen ? "Done" : "Change scenario"}
        </Button>
      </div>
      <div id={bodyId} className={styles.body}>
        {isDrawn || open !== null || !isPhone ? children : null}
      </div>
      <SheetMoves isOpen={isOpen} onOpen={setOpen} edge={bar} />
    </aside>
  );
};

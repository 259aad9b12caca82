import { useCallback, useEffect, useId, useRef, useState, type ReactElement, type ReactNode } from "react";
import { controlElementId, controlReached, useAskedControl } from "#scenario/page/asked-control.ts";
import { Button } from "#ui/Button.tsx";
import { soon } from "#ui/soon.ts";
import { useIsPhone } from "#ui/use-is-phone.ts";
import { useTakenOver } from "#ui/use-taken-over.ts";
import styles from "./ScenarioSheet.module.css";

const Margins = soon(async () => (await import("#panels/answer/Margins.tsx")).Margins);
const SheetGestures = soon(async () => (await import("./SheetGestures.tsx")).SheetGestures);

/**
 * Holds the scenario: a column on wide windows, a bottom sheet on a phone. The sheet is not modal and at most 56 % high, because moving a
 * slider must show the answer above it; the bar of margins rides on its edge. A sheet that nobody has opened yet is empty, unless the static page has
 * drawn it.
 */
export const ScenarioSheet = ({ children }: Readonly<{ children: ReactNode }>): ReactElement => {
  const [open, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const isPhone = useIsPhone();
  const isDrawn = useTakenOver();
  const bar = useRef<HTMLDivElement>(null);
  const bodyId = useId();

  const asked = useAskedControl();
  if (asked !== null && isPhone && !open) {
    setOpen(true);
    setWasOpened(true);
  }
  useEffect(() => {
    if (asked === null || (isPhone && !open)) return;
    const control = document.getElementById(controlElementId(asked))?.querySelector<HTMLElement>("input, button");
    control?.scrollIntoView({ block: "nearest" });
    control?.focus();
    controlReached();
  }, [asked, isPhone, open]);

  const toggle = useCallback((next: boolean): void => {
    setOpen(next);
    if (next) setWasOpened(true);
    if (next) document.getElementById("bars")?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <aside className={styles.sheet} data-open={open} aria-label="Scenario">
      <div ref={bar} className={styles.bar}>
        <Margins />
        <Button kind="primary" aria-expanded={open} aria-controls={bodyId} onClick={() => toggle(!open)}>
          {open ? "Done" : "Change scenario"}
        </Button>
      </div>
      {isPhone && <SheetGestures isOpen={open} edge={bar} onToggle={toggle} />}
      <div id={bodyId} className={styles.body}>
        {isDrawn || wasOpened || !isPhone ? children : null}
      </div>
    </aside>
  );
};

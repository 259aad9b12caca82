import { useState, useSyncExternalStore, type ReactElement } from "react";
import { change, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Header.module.css";
import { applyTheme, paintedTheme, storeTheme, THEMES, type Theme } from "./theme.ts";

/** The bar at the top: the name, undo, theme and the link. */
export const Header = (): ReactElement => {
  const canUndo = useScenario((state) => state.past.length > 0);
  return (
    <header className={styles.header}>
      <p className={styles.brand}>
        <Logo />
        Headroom
      </p>
      <div className={styles.actions}>
        <Button kind="quiet" onClick={undo} disabled={!canUndo}>
          Undo
        </Button>
        <span className={styles.theme}>
          <Button kind="quiet" onClick={hold} title="Keep this scenario beside the next one">
            Compare
          </Button>
          <ThemeButton />
        </span>
        <CopyLink />
      </div>
    </header>
  );
};

const hold = (): void => void import("#scenario/page/pins.ts").then(({ pin }) => pin());

const Logo = (): ReactElement => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <rect className={styles.logoLine} width="16" height="2" />
    <rect className={styles.logoBar} x="1" y="7" width="5" height="9" />
    <rect className={styles.logoBar} x="10" y="8" width="5" height="8" />
    <rect className={styles.logoPart} x="10" y="4" width="5" height="4" />
  </svg>
);

const never = (): (() => void) => () => undefined;

const ThemeButton = (): ReactElement => {
  // Unknown when the static page is drawn: `auto` there, the real one right after hydration.
  const painted = useSyncExternalStore(never, paintedTheme, () => "auto" as Theme);
  const [chosen, setChosen] = useState<Theme | null>(null);
  const theme = chosen ?? painted;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  const choose = (): void => {
    storeTheme(next);
    applyTheme(next);
    setChosen(next);
    // A link's own theme would be painted again when the page is loaded again.
    change({ theme: "auto" });
  };
  return (
    <Button kind="quiet" onClick={choose} title={`Change to ${next}`}>
      Theme: {theme}
    </Button>
  );
};

const COPIED_MILLISECONDS = 2000;

const CopyLink = (): ReactElement => {
  const [label, setLabel] = useState("Copy link");
  const copy = async (): Promise<void> => {
    const { copyLink } = await import("./copy-link.ts");
    setLabel((await copyLink(useScenario.getState())) ? "Copied" : "Copy refused");
    setTimeout(() => setLabel("Copy link"), COPIED_MILLISECONDS);
  };
  return (
    <Button kind="primary" onClick={() => void copy()}>
      <span aria-live="polite">{label}</span>
    </Button>
  );
};

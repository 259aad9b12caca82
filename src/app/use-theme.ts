import { useState, useSyncExternalStore } from "react";
import { change } from "#scenario/page/actions.ts";
import { paintBars } from "./paint-bars.ts";
import { applyTheme, paintedTheme, storeTheme, THEMES, type Theme } from "./theme.ts";

const never = (): (() => void) => () => undefined;

/** The theme that is painted, the one after it, and the way there. */
export const useTheme = (): Readonly<{ theme: Theme; next: Theme; goOn: () => void }> => {
  // Unknown when the static page is drawn: `auto` there, the real one right after hydration.
  const painted = useSyncExternalStore(never, paintedTheme, () => "auto" as Theme);
  const [chosen, setChosen] = useState<Theme | null>(null);
  const theme = chosen ?? painted;
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "auto";
  const goOn = (): void => {
    storeTheme(next);
    applyTheme(next);
    paintBars(next);
    setChosen(next);
    // A link's own theme would be painted again when the page is loaded again.
    change({ theme: "auto" });
  };
  return { theme, next, goOn };
};

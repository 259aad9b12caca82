// Theme of the page: light, dark or the system's, stored in the browser.

import { useState, useSyncExternalStore } from "react";
import { changeChoices } from "#scenario/page/actions.ts";

/** `--surface` of tokens.css. */
const SURFACES = { light: "#ffffff", dark: "#121417" } as const;

/**
 * Has the browser paint its own bars around the page in the theme. The colours of the system's themes stand in index.html, each with its `media`; of several
 * that fit a browser takes the first one.
 */
export const paintBars = (theme: Theme): void => {
  document.querySelector('[name="theme-color"]:not([media])')?.remove();
  if (theme === "auto") return;
  const meta = document.createElement("meta");
  meta.name = "theme-color";
  meta.content = SURFACES[theme];
  document.head.prepend(meta);
};

/** What the reader chose for this browser; `auto` follows the system. */
const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** Read by public/boot.js, before the first paint. */
const STORAGE_KEY = "headroom-theme";

/** The theme that the page is painted in: the link's, or the one kept in this browser. */
export const paintedTheme = (): Theme => {
  const { theme } = document.documentElement.dataset;
  return THEMES.find((each) => each === theme) ?? "auto";
};

/** Keeps the choice for the next visit; where storage is blocked it holds for this page alone. */
const storeTheme = (theme: Theme): void => {
  try {
    if (theme === "auto") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // nothing to do: the page still shows the theme
  }
};

/** Paints the page in the theme. */
export const applyTheme = (theme: Theme): void => {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
};

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
    changeChoices({ theme: "auto" });
  };
  return { theme, next, goOn };
};

import type { Theme } from "./theme.ts";

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

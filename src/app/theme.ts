/** What the reader chose for this browser; `auto` follows the system. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Read by public/boot.js, before the first paint. */
const STORAGE_KEY = "headroom-theme";

/** The theme that the page is painted in: the link's, or the one kept in this browser. */
export const paintedTheme = (): Theme => {
  const { theme } = document.documentElement.dataset;
  return THEMES.find((each) => each === theme) ?? "auto";
};

/** Keeps the choice for the next visit; where storage is blocked it holds for this page alone. */
export const storeTheme = (theme: Theme): void => {
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

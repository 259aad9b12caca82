/** What shows that a part of the page is there with all that it fetches when it comes near the window. */
export const LATE_PARTS: readonly string[] = [
  "#run input",
  "#changes [aria-busy]",
  "#moments svg",
  "#fits table",
  "#sweep svg",
  "#computed [aria-expanded]",
  "#guide [aria-expanded]",
  "#take button",
];

/** What shows that a part, or a row that was opened, waits for its code or for the engine. */
export const WAITING = "main section > div:empty, main [data-pressed] > div:empty, main [aria-busy='true']";

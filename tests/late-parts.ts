/** What shows that a part of the page is there with all that it fetches when it comes near the window. */
export const LATE_PARTS: readonly string[] = [
  // There is none of what a card cannot run, nor of a rule of thumb.
  "#run input, body:not(:has(#run))",
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

// Loading of late scripts, and the report of one that cannot be loaded.

/** What the page and its worker are told when a script that they ask for cannot be had: Vite's own word for it. */
export const PART_GONE = "vite:preloadError";

/** Tells this thread that a part could not be had. */
export const tellPartGone = (): void => void dispatchEvent(new Event(PART_GONE));

/**
 * Fetches a part of the program. The build puts this around every `import()` (`vite.config.ts`, `toldImports`): none that fails goes unnoticed, whoever
 * asked, and what is said of it is a sentence instead of the browser's words.
 *
 * @throws Error where the part cannot be had
 * @internal
 */
export const fetchPart = <Part>(load: () => Promise<Part>): Promise<Part> =>
  load().catch((cause: unknown) => {
    tellPartGone();
    throw new Error("A part of this page could not be loaded. Try again, or reload the page.", { cause });
  });

// Loading of late scripts, and the messages between page and engine.

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

/** What a question comes to: what was given, or in words why there is nothing. */
export type Outcome<Given> = Readonly<{ given: Given } | { failed: string }>;

/**
 * From the page to the engine: a question under a number of its own, or that nobody waits for that number any more. `complete`: asked from a page that has
 * the rows of the whole catalog.
 */
export type ToEngine = Readonly<
  { number: number; id: string; asked: unknown; complete: boolean } | { number: number; dropped: true }
>;

/** What came of the question of that number. */
export type Answered = Readonly<{ number: number; outcome: Outcome<unknown> }>;

/** The number of the question that the engine works on: said when it begins with one, and every second while it can. null: what nobody waits for is given up. */
export type Working = Readonly<{ works: number | null }>;

/** From the engine to the page: an answer, a sign of life, or that a script which the worker asked for cannot be had. */
export type FromEngine = Answered | Working | Readonly<{ partGone: true }>;

/** The longest that one question is worked on. */
export const LONGEST_MILLISECONDS = 60_000;

/** Said of a question that takes longer. */
export const TOO_LONG = "No answer: the scenario is too large to work out in a minute.";

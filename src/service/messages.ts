// Messages between the page and the engine's worker.

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

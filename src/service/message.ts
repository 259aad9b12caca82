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

/** From the engine to the page: an answer, or that a script which the worker asked for cannot be had. */
export type FromEngine = Answered | Readonly<{ partGone: true }>;

/** What a question comes to: what was given, or in words why there is nothing. */
export type Outcome<Given> = Readonly<{ given: Given } | { failed: string }>;

/**
 * From the page to the engine: a question under a number of its own, or that nobody waits for that number any more. `complete`: asked from a page that has
 * the rows of the whole catalog.
 */
export type ToEngine = Readonly<
  { number: number; id: string; asked: unknown; complete: boolean } | { number: number; dropped: true }
>;

/** From the engine to the page: what came of the question of that number. */
export type FromEngine = Readonly<{ number: number; outcome: Outcome<unknown> }>;

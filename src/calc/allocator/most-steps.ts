import type { AllocatorRun } from "./run.ts";

/** A run whose layout does not repeat by then is left there: pieces of it go round in more steps than are worth waiting for. */
const MOST_STEPS = 16;

/** How many steps after the first are replayed at most: one over and over, or each of several once. */
export const mostSteps = ({ steps }: AllocatorRun): number => (steps.length === 1 ? MOST_STEPS - 1 : steps.length);

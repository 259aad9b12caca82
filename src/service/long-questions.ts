import type { QuestionId } from "./table.ts";

/**
 * Questions whose answers take seconds, and the worker that works on each where there are three. Questions that ask the engine for the same runs share a worker,
 * which remembers them.
 */
const LONG_QUESTIONS: Readonly<Partial<Record<string, number>>> = {
  advice: 1,
  fitOptions: 1,
  matrix: 2,
  sweep: 2,
} satisfies Partial<Record<QuestionId, number>>;

/** The worker of a long question; undefined of any other. */
export const longWorkerOf = (id: string): number | undefined =>
  Object.hasOwn(LONG_QUESTIONS, id) ? LONG_QUESTIONS[id] : undefined;

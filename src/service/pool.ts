// Several engine workers that answer as one; which questions count as long.

import type { QuestionId } from "./questions.ts";
import type { EngineService } from "./start-service.ts";

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

/** The most workers that a page starts. Each takes about 50 MB of memory. */
const MOST_WORKERS = 3;

/** The number of workers for a device: as many as it has cores, one where it is touched, as a phone is. */
export const workersOf = ({
  hardwareConcurrency,
  maxTouchPoints,
}: Pick<Navigator, "hardwareConcurrency" | "maxTouchPoints">): number =>
  maxTouchPoints > 0 ? 1 : Math.min(MOST_WORKERS, hardwareConcurrency);

/**
 * Several engines that answer as one. The first answers what a hand or an eye waits for; the others do long work, where there are others.
 *
 * @param first the one that is there
 * @param start starts another one, with the first question for it
 * @param workers how many there may be
 */
export const pooledService = (first: EngineService, start: () => EngineService, workers: number): EngineService => {
  const services = [first];
  return {
    ask: (question, take) => (services[(longWorkerOf(question.id) ?? 0) % workers] ??= start()).ask(question, take),
  };
};

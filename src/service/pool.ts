import type { EngineService } from "./engine-service.ts";
import { longWorkerOf } from "./long-questions.ts";

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
export const pooled = (first: EngineService, start: () => EngineService, workers: number): EngineService => {
  const services = [first];
  return {
    ask: (question, take) => (services[(longWorkerOf(question.id) ?? 0) % workers] ??= start()).ask(question, take),
  };
};

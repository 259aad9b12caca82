import type { QuestionId } from "./table.ts";

/**
 * Long work, and the worker that does it where there are three. The first one, 0, answers what a hand or an eye waits for, and does long work where there are fewer. Questions
 * that ask the engine for the same runs share a worker, which remembers them.
 */
const BESIDE: Readonly<Partial<Record<QuestionId, number>>> = {
  advice: 1,
  fitOptions: 1,
  matrix: 2,
  sweep: 2,
};

/** Facts of a device that its browser tells. `deviceMemory`: in GB, where it tells. */
type Device = Readonly<{ hardwareConcurrency: number; deviceMemory?: number }>;

/** The most workers that a page starts: one for the hand, two for long work. */
const MOST_WORKERS = 3;
/** With less memory there is one, in GB. A worker takes about 0.05. */
const LEAST_MEMORY = 4;

/** The number of workers for a device: as many as it has cores, one on a phone or with little memory. */
export const workersOf = ({ hardwareConcurrency, deviceMemory = LEAST_MEMORY }: Device, isTouched: boolean): number =>
  isTouched || deviceMemory < LEAST_MEMORY ? 1 : Math.max(1, Math.min(MOST_WORKERS, hardwareConcurrency));

/** The worker of a question, counted from 0, where there are so many. */
export const laneOf = (id: QuestionId, workers: number): number => (BESIDE[id] ?? 0) % workers;

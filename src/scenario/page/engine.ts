import { type EngineService, type TakeOutcome, startService } from "#service/start-service.ts";
import type { Asked, QuestionId } from "#service/table.ts";
import { useScenario } from "./store.ts";

let service: EngineService | null = null;

/** Says who answers from now on; without this it is the engine in a worker, started with the first question. */
export const answerBy = (other: EngineService): void => void (service = other);

/** Starts the engine, so that the first question does not wait for it; gives what answers. */
export const startEngine = (): EngineService => (service ??= startService());

/**
 * Asks the engine.
 *
 * @returns ends the waiting: nothing is taken after that
 */
export const ask = <Id extends QuestionId>(id: Id, asked: Asked<Id>, take: TakeOutcome<Id>): (() => void) => {
  return startEngine().ask({ id, asked, complete: useScenario.getState().catalog.complete }, take);
};

/** After so long without the answer that was asked for, what is shown is drawn as what it is: the answer to something else. */
const LATE_MILLISECONDS = 250;

/** Ends each waiting for an answer that is on its way. */
export const awaited = new Set<() => void>();

let timer: ReturnType<typeof setTimeout> | undefined;

const inTime = (): void => {
  clearTimeout(timer);
  timer = undefined;
  delete document.documentElement.dataset["late"];
};

/**
 * Asks for an answer that the page is going to show. Until it is here, what is shown is late.
 *
 * @param begin asks, and calls `arrived` once the answer is here; gives what ends the asking
 * @returns ends the waiting
 */
export const awaitAnswer = (begin: (arrived: () => void) => () => void): (() => void) => {
  let stop = (): void => undefined;
  const arrived = (): void => {
    awaited.delete(end);
    if (awaited.size === 0) inTime();
  };
  const end = (): void => {
    stop();
    arrived();
  };
  awaited.add(end);
  timer ??= setTimeout(() => (document.documentElement.dataset["late"] = ""), LATE_MILLISECONDS);
  stop = begin(arrived);
  return end;
};

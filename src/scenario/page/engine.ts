import type { EngineService, Take } from "#service/engine-service.ts";
import { startService } from "#service/start-service.ts";
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
export const ask = <Id extends QuestionId>(id: Id, asked: Asked<Id>, take: Take<Id>): (() => void) => {
  return startEngine().ask({ id, asked, complete: useScenario.getState().catalog.complete }, take);
};

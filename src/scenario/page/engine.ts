// The page's connection to the engine: questions, late answers, and the answer that follows the choices.

import { type EngineService, type TakeOutcome, startService } from "#service/start-service.ts";
import type { QuestionInput, QuestionId } from "#service/questions.ts";
import { useScenario, type ScenarioState } from "./store.ts";

let service: EngineService | null = null;

/** Says who answers from now on; without this it is the engine in a worker, started with the first question. */
export const replaceEngine = (other: EngineService): void => void (service = other);

/** Starts the engine, so that the first question does not wait for it; gives what answers. */
export const startEngine = (): EngineService => (service ??= startService());

/**
 * Asks the engine.
 *
 * @returns ends the waiting: nothing is taken after that
 */
export const askEngine = <Id extends QuestionId>(
  id: Id,
  asked: QuestionInput<Id>,
  take: TakeOutcome<Id>,
): (() => void) => {
  return startEngine().ask({ id, asked, complete: useScenario.getState().catalog.complete }, take);
};

/** After so long without the answer that was asked for, what is shown is drawn as what it is: the answer to something else. */
const LATE_MILLISECONDS = 250;

/** Ends each waiting for an answer that is on its way. */
export const pendingAnswers = new Set<() => void>();

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
    pendingAnswers.delete(end);
    if (pendingAnswers.size === 0) inTime();
  };
  const end = (): void => {
    stop();
    arrived();
  };
  pendingAnswers.add(end);
  timer ??= setTimeout(() => (document.documentElement.dataset["late"] = ""), LATE_MILLISECONDS);
  stop = begin(arrived);
  return end;
};

/** True if the answer that is shown is to the very choices: one that came with them, or that they have come back to. */
const isAnswered = (state: ScenarioState, past: ScenarioState): boolean =>
  state.answer?.choices === state.choices &&
  state.unanswered === null &&
  (state.answer !== past.answer || state.catalog === past.catalog);

/**
 * Asks for the answer to the choices whenever they, or the rows of the catalog, are others, and shows it when it is here. The last answer stays until
 * then; one that comes when the choices are others again is never shown.
 *
 * @param changed is told of every change, before it is asked about
 * @returns ends it
 */
export const followChoices = (changed: () => void = () => undefined): (() => void) => {
  let end = (): void => undefined;

  const askFor = ({ choices }: ScenarioState): void => {
    const endLast = end;
    end = awaitAnswer((arrived) =>
      askEngine("answer", { choices }, (outcome) => {
        arrived();
        useScenario.setState(
          "given" in outcome
            ? { answer: { ...outcome.given, choices }, unanswered: null }
            : { unanswered: outcome.failed },
        );
      }),
    );
    endLast();
  };
  const unsubscribe = useScenario.subscribe((state, past) => {
    if (state.choices === past.choices && state.catalog === past.catalog) return;
    changed();
    if (isAnswered(state, past)) end();
    else askFor(state);
  });
  return () => {
    unsubscribe();
    end();
  };
};

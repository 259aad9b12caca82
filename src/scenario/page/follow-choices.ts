import { ask } from "./engine.ts";
import { type ScenarioState, useScenario } from "./store.ts";

/** After so long without the answer to what was chosen, what is shown is drawn as what it is: the answer to something else. */
const LATE_MILLISECONDS = 250;

/**
 * Asks for the answer to the choices whenever they, or the rows of the catalog, are others, and shows it when it is here. The last answer stays until
 * then; one that comes when the choices are others again is never shown.
 *
 * @param changed is told of every change, before it is asked about
 * @returns ends it
 */
export const followChoices = (changed: () => void = () => undefined): (() => void) => {
  const { dataset } = document.documentElement;
  let stop = (): void => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settle = (): void => {
    stop();
    clearTimeout(timer);
    timer = undefined;
    delete dataset["late"];
  };
  const askFor = ({ choices }: ScenarioState): void => {
    stop();
    timer ??= setTimeout(() => (dataset["late"] = ""), LATE_MILLISECONDS);
    stop = ask("answer", { choices }, (outcome) => {
      settle();
      useScenario.setState(
        "given" in outcome
          ? { answer: { ...outcome.given, choices }, unanswered: null }
          : { unanswered: outcome.failed },
      );
    });
  };
  const unsubscribe = useScenario.subscribe((state, past) => {
    const isOther = state.choices !== past.choices || state.catalog !== past.catalog;
    if (isOther) changed();
    if (isOther && state.answer?.choices === state.choices && state.answer !== past.answer) settle();
    else if (isOther) askFor(state);
  });
  return () => {
    unsubscribe();
    settle();
  };
};

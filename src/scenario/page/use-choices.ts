import { useShallow } from "zustand/react/shallow";
import type { Choices } from "#scenario/keys/choices.ts";
import { useScenario, type ScenarioState } from "./store.ts";
import { awaitAnswer, ask } from "./engine.ts";

/** Some of the choices. Who asks for them is drawn anew when one of these changes, not when a slider moves another. */
export const useChoices = <Key extends keyof Choices>(...keys: readonly Key[]): Pick<Choices, Key> =>
  useScenario(
    useShallow(({ choices }) => Object.fromEntries(keys.map((key) => [key, choices[key]])) as Pick<Choices, Key>),
  );

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
      ask("answer", { choices }, (outcome) => {
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

import type { ScenarioState } from "./store.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Compiles what the answer takes, each method in a task of its own, so that a touch in between is answered: the engine's first runs are its slowest.
 * The answer itself then finds the compiled steps.
 */
export const prepareAnswer = async ({
  choices,
  catalog,
}: Pick<ScenarioState, "choices" | "catalog">): Promise<void> => {
  for (const method of choices.show) {
    await nextTask();
    toAnswer({ ...choices, show: [method] }, catalog);
  }
  await nextTask();
};

import type { Hooks } from "./tape.ts";
import type { Writable } from "./writable.ts";

export const createHooks = (): Hooks => ({ ranks: null, activations: null });

/** From here on others have a hand in the run: they know the tape, so that they come after it. */
export const addHooks = (hooks: Hooks, added: Partial<Hooks>): void => {
  const told: Writable<Hooks> = hooks;
  Object.assign(told, added);
};

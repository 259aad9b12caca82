import type { Hooks } from "./tape.ts";
import type { Writable } from "./writable.ts";

export const createHooks = (): Hooks => ({ cache: null, ranks: null, activations: null });

/** Adds hooks to a tape. They hold the tape themselves, so they cannot be there when it is made. */
export const addHooks = (hooks: Hooks, added: Partial<Hooks>): void => {
  const writable: Writable<Hooks> = hooks;
  Object.assign(writable, added);
};

import { create as createStore, type UseBoundStore } from "zustand/react";
import type { StateCreator, StoreApi } from "zustand/vanilla";

// Stands for "zustand" where components are tested (vitest.config.ts).

/** Each store that the page has made: what it takes to begin it anew. */
const begun: (() => void)[] = [];

/**
 * Zustand's own `create`, which remembers what it makes.
 *
 * @see https://zustand.docs.pmnd.rs/guides/testing
 * @public
 */
export const create = <State>(begin: StateCreator<State>): UseBoundStore<StoreApi<State>> => {
  const store = createStore(begin);
  begun.push(() => store.setState(store.getInitialState(), true));
  return store;
};

/** Every store is again what it began with. */
export const resetStores = (): void => {
  for (const begin of begun) begin();
};

import type { ChoiceKey } from "./choices.ts";
import type { Apart, Key } from "./key.ts";
import { KEYS } from "./keys.ts";
import { ORDER } from "./order.ts";

/** The keys that go with some objectives alone, and why, in canonical order. A build writes the pairs in its place (`vite.config.ts`). */
export const APARTS: readonly (readonly [ChoiceKey, Apart])[] = ORDER.flatMap((name) => {
  const { apart }: Key = KEYS[name];
  return apart === undefined ? [] : [[name, apart] as const];
});

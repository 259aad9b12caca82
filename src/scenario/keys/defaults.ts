import type { Choices } from "./choices.ts";
import { KEYS } from "./keys.ts";
import { ORDER } from "./order.ts";

/** What a link without keys means. A build writes the values in its place (`vite.config.ts`). */
// Object.fromEntries loses which key has which value.
export const DEFAULT_CHOICES = {
  unknown: {},
  ...Object.fromEntries(ORDER.map((name) => [name, KEYS[name].is])),
} as Choices;

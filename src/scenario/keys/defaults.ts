import type { Choices } from "./choices.ts";
import { KEYS } from "./keys.ts";
import { ORDER } from "./order.ts";

/** The choices of a link without keys. The build inlines the values (`vite.config.ts`). */
// Object.fromEntries loses which key has which value.
export const DEFAULT_CHOICES = {
  unknown: {},
  ...Object.fromEntries(ORDER.map((name) => [name, KEYS[name].is])),
} as Choices;

import type { ChoiceKey } from "./choices.ts";
import type { NumberRange, Shape } from "./key.ts";
import { KEYS } from "./keys.ts";

/** The keys whose values are numbers, or may be. */
type Numbers = {
  [Name in ChoiceKey]: (typeof KEYS)[Name]["shape"] extends { range: NumberRange } ? Name : never;
}[ChoiceKey];

/** The numbers that keys take, both ends included: the limits of the controls too. A build writes the numbers in its place (`vite.config.ts`). */
// Object.fromEntries loses which keys there are.
export const RANGES = Object.fromEntries(
  Object.entries<{ shape: Shape }>(KEYS).flatMap(([name, { shape }]) =>
    "range" in shape ? [[name, shape.range]] : [],
  ),
) as Readonly<Record<Numbers, NumberRange>>;

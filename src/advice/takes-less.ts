import type { Trial } from "./trial.ts";

/** Whether a run takes less than another. The same peak takes less or more by what is set of the allocator alone. */
export const takesLess = (one: Trial, other: Trial): boolean =>
  one.peakBytes < other.peakBytes ||
  (one.peakBytes === other.peakBytes &&
    one.choices.alloc !== other.choices.alloc &&
    one.onCardBytes < other.onCardBytes);

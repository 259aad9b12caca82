import { engineShare } from "#scenario/choices/in-use.ts";
import type { Trial } from "./trial.ts";

/** What an engine beside the run gives back of the card: nothing on another card, whose share of more is no loss. */
const givenBack = (before: Trial, after: Trial): number =>
  engineShare(before.choices) === engineShare(after.choices) ? 0 : before.reservedBytes - after.reservedBytes;

/** What a change leaves to the run: as much as that takes less, and what vLLM beside it gives back. */
export const gainedBytes = (before: Trial, after: Trial): number =>
  before.onCardBytes - after.onCardBytes + givenBack(before, after);

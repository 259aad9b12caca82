import type { CardFit, Fit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { type Bytes, bytes } from "#calc/base/quantity.ts";
import { comfortableBytes } from "./on-card.ts";

/** What of an estimate is held against a card. */
type Taken = Pick<MemoryEstimate, "peakBytes" | "onCardBytes">;

const fitOf = (estimate: Taken, availableBytes: Bytes, gpus: number): Exclude<Fit, "cannot-run"> => {
  if (estimate.onCardBytes > availableBytes) return "over";
  return comfortableBytes(estimate.peakBytes, gpus) <= availableBytes ? "fits" : "tight";
};

/**
 * Holds an estimate against one card. Over: what must be on the card is more than it has. Fits: even 1.08 × peak + 0.5 GiB (+ 1.5 GiB with more
 * than one GPU) is not. Tight: between.
 *
 * @param availableBytes usable memory of the card less what is already used on it.
 */
export const fitOnCard = (estimate: Taken, availableBytes: Bytes, gpus: number): CardFit => ({
  fit: fitOf(estimate, availableBytes, gpus),
  headroomBytes: bytes(availableBytes - estimate.onCardBytes),
  cannotRun: null,
});

/**
 * The same where the card lacks what the run needs: it does not run, however much room there is.
 *
 * @param cannotRun what the card lacks; null where it lacks nothing
 */
export const orCannotRun = (card: CardFit, cannotRun: string | null): CardFit =>
  cannotRun === null ? card : { ...card, fit: "cannot-run", cannotRun };

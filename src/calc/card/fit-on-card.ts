import type { CardFit, OnCard, RunFit } from "#calc/model/memory-estimate.ts";
import { type Bytes, bytes } from "#calc/base/quantity.ts";

/** What of an estimate is held against a card. */
type Taken = Pick<OnCard, "onCardBytes" | "comfortableBytes">;

const fitOf = ({ onCardBytes, comfortableBytes }: Taken, availableBytes: Bytes): RunFit => {
  if (onCardBytes > availableBytes) return "over";
  return comfortableBytes <= availableBytes ? "fits" : "tight";
};

/**
 * Holds an estimate against one card. Over: what must be on the card is more than it has. Fits: the card has what `comfortableBytes` asks for. Tight, said as
 * "may not fit": between.
 *
 * @param availableBytes usable memory of the card less what is already used on it.
 */
export const fitOnCard = (taken: Taken, availableBytes: Bytes): CardFit & Readonly<{ fit: RunFit }> => ({
  fit: fitOf(taken, availableBytes),
  headroomBytes: bytes(availableBytes - taken.onCardBytes),
  cannotRun: null,
});

/**
 * The same where the card lacks what the run needs: it does not run, however much room there is.
 *
 * @param cannotRun what the card lacks; null where it lacks nothing
 */
export const orCannotRun = (card: CardFit, cannotRun: string | null): CardFit =>
  cannotRun === null ? card : { ...card, fit: "cannot-run", cannotRun };

import type { NeededBounds } from "#calc/allocator/needed-bytes.ts";
import type { Reservation } from "#calc/allocator/reservation.ts";
import type { Bytes } from "#calc/base/quantity.ts";
import type { OnCard, RunFit } from "#calc/model/memory-estimate.ts";
import { fitOnCard } from "./fit-on-card.ts";
import { CONTEXT_BYTES, onCardByReplay, onCardByRule } from "./on-card.ts";

/** What a run takes on a card, found out as far as it is asked: a search for the least limit takes five replays or more, "does it fit" mostly one or none. */
export type Taken = Readonly<{
  /** What cannot be less: PyTorch's peak and the context. Costs nothing. */
  leastBytes: Bytes;
  /** How the run goes with so many bytes for it. */
  fitWith: (availableBytes: Bytes) => RunFit;
  /** @param availableBytes of the card on which it is seen; absent: of one with room to spare */
  onCard: (availableBytes?: Bytes) => OnCard;
}>;

/** What a run takes by the rule. */
export const takenByRule = (peakBytes: Bytes, gpus: number): Taken => {
  const onCard = onCardByRule(peakBytes, gpus);
  return {
    leastBytes: onCard.onCardBytes,
    fitWith: (availableBytes) => fitOnCard(onCard, availableBytes).fit,
    onCard: () => onCard,
  };
};

/**
 * What a run on one GPU takes as its allocator is replayed; by the rule where it cannot be. How it fits with what is needed at least and at most is how it fits,
 * where that is the same.
 *
 * @param peakBytes no run goes on with less
 * @param reservationOf is called where the peak alone does not say that it is too much
 */
export const takenByReplay = (peakBytes: Bytes, reservationOf: () => Reservation | null): Taken => {
  const byRule = takenByRule(peakBytes, 1);
  const fitWithNeeded = (neededBytes: number, availableBytes: Bytes): RunFit =>
    fitOnCard(onCardByReplay({ neededBytes, reservedBytes: neededBytes }), availableBytes).fit;
  return {
    leastBytes: onCardByReplay({ neededBytes: peakBytes, reservedBytes: peakBytes }).onCardBytes,
    fitWith: (availableBytes) => {
      if (fitWithNeeded(peakBytes, availableBytes) === "over") return "over";
      const reservation = reservationOf();
      if (reservation === null) return byRule.fitWith(availableBytes);
      const isTold = ({ atLeast, enough }: NeededBounds): boolean =>
        fitWithNeeded(atLeast, availableBytes) === fitWithNeeded(enough, availableBytes);
      return fitWithNeeded(reservation.neededBytes(isTold), availableBytes);
    },
    onCard: (availableBytes) => {
      const reservation = reservationOf();
      if (reservation === null) return byRule.onCard();
      const { neededBytes, reservedBytes, seenWith } = reservation;
      const limitBytes = availableBytes === undefined ? Infinity : availableBytes - CONTEXT_BYTES;
      const needed = neededBytes();
      const isShort = needed <= limitBytes && limitBytes < reservedBytes;
      return onCardByReplay({ neededBytes: needed, reservedBytes: isShort ? seenWith(limitBytes) : reservedBytes });
    },
  };
};

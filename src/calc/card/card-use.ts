// Memory that a run uses on a GPU, by the rule or by replay, computed only as far as the question needs.

import type { NeededBounds, Reservation } from "#calc/allocator/reservation.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import type { CardFit, OnCard, RunFit } from "#calc/model/memory-estimate.ts";
import { fitOnCard, contextAndNcclBytes, onCardByReplay, onCardByRule, type Reserved } from "./fit.ts";

/** What a run takes on a card, found out as far as it is asked: a search for the least limit takes five replays or more, "does it fit" mostly one or none. */
export type CardUse = Readonly<{
  /** What cannot be less: PyTorch's peak and the context. Costs nothing. */
  leastBytes: Bytes;
  /** Whether the run goes with so many bytes for it, tightly or better: mostly asks for fewer replays than `fitWith`. */
  goesWith: (availableBytes: Bytes) => boolean;
  /** How the run goes with so many bytes for it. */
  fitWith: (availableBytes: Bytes) => RunFit;
  /** The fit of the run in the available bytes, and the bytes left over. */
  cardWith: (availableBytes: Bytes) => CardFit;
  /** @param availableBytes of the card on which it is seen; absent: of one with room to spare */
  onCard: (availableBytes?: Bytes) => OnCard;
}>;

/** What a run takes by the rule. */
export const cardUseByRule = (peakBytes: Bytes, gpus: number): CardUse => {
  const onCard = onCardByRule(peakBytes, gpus);
  return {
    leastBytes: onCard.onCardBytes,
    goesWith: (availableBytes) => fitOnCard(onCard, availableBytes).fit !== "over",
    fitWith: (availableBytes) => fitOnCard(onCard, availableBytes).fit,
    cardWith: (availableBytes) => fitOnCard(onCard, availableBytes),
    onCard: () => onCard,
  };
};

/** How a run goes whose replay may be asked for. */
type Replayable = Readonly<{
  /** No run goes on with less. */
  peakBytes: Bytes;
  gpus: number;
  /** Is called where the peak alone does not say that it is too much; gives null where there is no replay. */
  reservationOf: () => Reservation | null;
}>;

/**
 * What a run takes as its allocator is replayed; by the rule where it cannot be.
 */
export const cardUseByReplay = ({ peakBytes, gpus, reservationOf }: Replayable): CardUse => {
  const byRule = cardUseByRule(peakBytes, gpus);
  const replayed = (reserved: Reserved): OnCard => onCardByReplay(reserved, gpus);
  const fitWithNeeded = (neededBytes: number, availableBytes: Bytes): RunFit =>
    fitOnCard(replayed({ neededBytes, reservedBytes: neededBytes }), availableBytes).fit;
  const isEnough = (neededBytes: number, availableBytes: Bytes): boolean =>
    fitWithNeeded(neededBytes, availableBytes) !== "over";
  /** What is said of what is needed, which is sought until the bounds say the same. */
  const told = <Said>(of: (neededBytes: number) => Said, saidByRule: Said): Said => {
    const isTold = ({ atLeast, enough }: NeededBounds): boolean => of(atLeast) === of(enough);
    const reservation = reservationOf();
    return reservation === null ? saidByRule : of(reservation.neededBytes(isTold));
  };
  const onCard: CardUse["onCard"] = (availableBytes) => {
    const reservation = reservationOf();
    if (reservation === null) return byRule.onCard();
    const { neededBytes, reservedBytes, seenWith } = reservation;
    const limitBytes = availableBytes === undefined ? Infinity : availableBytes - contextAndNcclBytes(gpus);
    const needed = neededBytes();
    const isShort = needed <= limitBytes && limitBytes < reservedBytes;
    return replayed({ neededBytes: needed, reservedBytes: isShort ? seenWith(limitBytes) : reservedBytes });
  };
  return {
    leastBytes: replayed({ neededBytes: peakBytes, reservedBytes: peakBytes }).onCardBytes,
    goesWith: (availableBytes) =>
      isEnough(peakBytes, availableBytes) &&
      told((neededBytes) => isEnough(neededBytes, availableBytes), byRule.goesWith(availableBytes)),
    fitWith: (availableBytes) =>
      isEnough(peakBytes, availableBytes)
        ? told((neededBytes) => fitWithNeeded(neededBytes, availableBytes), byRule.fitWith(availableBytes))
        : "over",
    cardWith: (availableBytes) => fitOnCard(onCard(), availableBytes),
    onCard,
  };
};

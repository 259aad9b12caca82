import { type Bytes, bytes } from "#calc/base/quantity.ts";
import type { CardFit, OnCard } from "#calc/model/memory-estimate.ts";
import { isWayOut } from "./is-way-out.ts";

/** The most that is seen of a run on a card: never more than there is, as the allocator gives back before it fails. null where it does not run there. */
export const seenOnCard = ({ onCardBytes, onCardRangeBytes: [, most] }: OnCard, card: CardFit): Bytes | null =>
  isWayOut(card) ? bytes(Math.min(most, onCardBytes + card.headroomBytes)) : null;

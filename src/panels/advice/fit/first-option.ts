import { isWayOut } from "#calc/card/is-way-out.ts";
import { wholeCard } from "#scenario/choices/answer.ts";
import type { FitOption } from "#service/answers/fit-option.ts";

/** The one that stands for all before one is picked: the leftmost that can be chosen and fits or may fit; where none does, the one that comes nearest. */
export const firstOption = (options: readonly FitOption[]): FitOption | null => {
  const open = options.flatMap((option) => {
    const [one] = option.answer.methods;
    return option.whyNot === null && one !== undefined ? [{ option, card: wholeCard(one) }] : [];
  });
  const [nearest] = open.toSorted((one, other) => other.card.headroomBytes - one.card.headroomBytes);
  return (open.find(({ card }) => isWayOut(card)) ?? nearest)?.option ?? null;
};

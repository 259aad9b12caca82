import { isWayOut } from "#calc/card/is-way-out.ts";
import type { FitOption } from "#service/answers/fit-option.ts";

/** The one that stands for all before one is picked: the leftmost that can be chosen and fits or is tight; where none does, the one that comes nearest. */
export const firstOption = (options: readonly FitOption[]): FitOption | null => {
  const open = options.flatMap((option) => {
    const [one] = option.answer.methods;
    return option.whyNot === null && one !== undefined ? [{ option, card: one.card }] : [];
  });
  const [nearest] = open.toSorted((one, other) => other.card.headroomBytes - one.card.headroomBytes);
  return (open.find(({ card }) => isWayOut(card)) ?? nearest)?.option ?? null;
};

import { useMemo, useState } from "react";
import { useIsLocked } from "#panels/advice/use-is-locked.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { FitOption, FitOptions } from "#service/answers/fit-options.ts";
import { firstOption } from "./first-option.ts";

/** A setting that stays as it is, and how that is said: "Batch kept at 4". */
export type Kept = Readonly<{ subject: string; says: string }>;

/** What somebody has picked for some choices; forgotten with these. */
type Picks = Readonly<{ choices: Choices | null; id: FitOption["id"] | null; kept: readonly Kept[] }>;

const NONE: Picks = { choices: null, id: null, kept: [] };

/** The ways that there are, the one that is picked, and how to pick another. */
export type FitChoice = Readonly<{
  options: FitOptions;
  /** The one that is picked, or that stands for all at first; null where none can be chosen. */
  option: FitOption | null;
  /** The one that stands for all before one is picked. */
  first: FitOption | null;
  kept: readonly Kept[];
  /** Whether they are those of these very choices. */
  fresh: boolean;
  /** null goes back to the first. */
  pick: (id: FitOption["id"] | null) => void;
  /** Composes them again without the changes of a subject. */
  keep: (setting: Kept) => void;
  /** Composes them again with these. */
  free: (subject: string) => void;
}>;

/** @param choices with the method in focus chosen @returns null before the first answer */
export const useFitChoice = (choices: Choices): FitChoice | null => {
  const [picks, setPicks] = useState(NONE);
  const isLocked = useIsLocked();
  const { id, kept } = picks.choices === choices ? picks : NONE;
  const asked = useMemo(() => ({ choices, kept: kept.map(({ subject }) => subject) }), [choices, kept]);
  const { value, fresh } = useAsked("fitOptions", asked);
  if (value === null) return null;
  const change = (next: (mine: Picks) => Partial<Picks>): void =>
    setPicks((before) => {
      const mine = before.choices === choices ? before : { ...NONE, choices };
      return { ...mine, ...next(mine) };
    });
  const ways = value.options.map((option) => ({
    ...option,
    whyNot: option.whyNot ?? (isLocked(option.patch) ? "Locked here" : null),
  }));
  const first = firstOption(ways);
  return {
    options: { ...value, options: ways },
    option: ways.find((option) => option.id === id && option.whyNot === null) ?? first,
    first,
    kept,
    fresh,
    pick: (picked) => change(() => ({ id: picked })),
    keep: (setting) => change((mine) => ({ kept: [...mine.kept, setting] })),
    free: (subject) => change((mine) => ({ kept: mine.kept.filter((each) => each.subject !== subject) })),
  };
};

import { useMemo, useState } from "react";
import { useIsLocked } from "#panels/advice/use-is-locked.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { FitOption, FitOptions } from "#service/answers/fit-option.ts";
import { firstOption } from "./first-option.ts";

/** A setting that stays as it is, and how that is said: "Batch kept at 4". */
export type Kept = Readonly<{ subject: string; says: string }>;

/** What somebody has picked for some choices; forgotten with these. */
type Picks = Readonly<{
  choices: Choices | null;
  id: FitOption["id"] | null;
  /** Whether the number that is picked stands beside what costs nothing. */
  isBoth: boolean;
  kept: readonly Kept[];
}>;

const NONE: Picks = { choices: null, id: null, isBoth: false, kept: [] };

/** Ways that change what the page around an embed has locked cannot be chosen. */
const unlocked = (option: FitOption, isLocked: ReturnType<typeof useIsLocked>): FitOption => ({
  ...option,
  whyNot: option.whyNot ?? (isLocked(option.patch) ? "Locked here" : null),
  both: option.both !== null && isLocked(option.both.patch) ? null : option.both,
});

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
  /** Whether the number that is picked stands beside what costs nothing. */
  isBoth: boolean;
  setBoth: (isBoth: boolean) => void;
  /** Composes them again without the changes of a subject. */
  keep: (setting: Kept) => void;
  /** Composes them again with these. */
  free: (subject: string) => void;
}>;

/** @param choices with the method in focus chosen @returns null before the first answer */
export const useFitChoice = (choices: Choices): FitChoice | null => {
  const [picks, setPicks] = useState(NONE);
  const isLocked = useIsLocked();
  const { id, isBoth, kept } = picks.choices === choices ? picks : NONE;
  const asked = useMemo(() => ({ choices, kept: kept.map(({ subject }) => subject) }), [choices, kept]);
  const { value, fresh } = useAsked("fitOptions", asked);
  if (value === null) return null;
  const change = (next: (mine: Picks) => Partial<Picks>): void =>
    setPicks((before) => {
      const mine = before.choices === choices ? before : { ...NONE, choices };
      return { ...mine, ...next(mine) };
    });
  const alone = value.options.map((option) => unlocked(option, isLocked));
  const first = firstOption(alone);
  const picked = alone.find((option) => option.id === id && option.whyNot === null) ?? first;
  const option = picked !== null && isBoth ? { ...picked, ...picked.both } : picked;
  return {
    options: { ...value, options: alone.map((each) => (each === picked && option !== null ? option : each)) },
    option,
    first,
    kept,
    fresh,
    pick: (next) => change(() => ({ id: next, isBoth: false })),
    isBoth: isBoth && option?.both !== null,
    setBoth: (next) => change(() => ({ id: picked?.id ?? null, isBoth: next })),
    keep: (setting) => change((mine) => ({ kept: [...mine.kept, setting] })),
    free: (subject) => change((mine) => ({ kept: mine.kept.filter((each) => each.subject !== subject) })),
  };
};

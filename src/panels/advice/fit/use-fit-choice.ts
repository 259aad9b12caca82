import { useMemo, useState } from "react";
import type { Choices } from "#scenario/choices/choices.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import type { FitOption, FitOptions } from "#service/answers/fit-options.ts";

/** What somebody has picked for some choices; forgotten with these. */
type Picks = Readonly<{ choices: Choices | null; id: FitOption["id"] | null; kept: readonly string[] }>;

const NONE: Picks = { choices: null, id: null, kept: [] };

/** The ways that there are, the one that is picked, and how to pick another. */
export type FitChoice = Readonly<{
  options: FitOptions;
  /** The one that is picked, or that stands for all at first; null where none can be chosen. */
  option: FitOption | null;
  /** Whether they are those of these very choices. */
  fresh: boolean;
  /** null goes back to the first. */
  pick: (id: FitOption["id"] | null) => void;
  /** Composes them again without the changes of these subjects. */
  keep: (kept: readonly string[]) => void;
}>;

/** @param choices with the method in focus chosen @returns null before the first answer */
export const useFitChoice = (choices: Choices): FitChoice | null => {
  const [picks, setPicks] = useState(NONE);
  const { id, kept } = picks.choices === choices ? picks : NONE;
  const asked = useMemo(() => ({ choices, kept }), [choices, kept]);
  const { value: options, fresh } = useAsked("fitOptions", asked);
  if (options === null) return null;
  const open = options.options.filter(({ whyNot }) => whyNot === null);
  return {
    options,
    option: open.find((option) => option.id === id) ?? open.find((option) => option.id === options.first) ?? null,
    fresh,
    pick: (picked) => setPicks({ choices, id: picked, kept }),
    keep: (subjects) => setPicks({ choices, id, kept: subjects }),
  };
};

import { useDeferredValue, useMemo, useState } from "react";
import type { Answer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import { type Compared, comparedOf, type ComparedUnknown, unknownOf } from "./compared.ts";

/** What stands side by side: the page's own answer, and those to the scenarios that were held when they were asked for. */
type Shown = Readonly<{ first: Answer; held: readonly Answer[]; pinned: readonly Choices[] }>;

type Columns = Readonly<{
  /** Empty until the scenarios held are answered for the first time. */
  compared: readonly Compared[];
  /** Those that have no figures. */
  unknown: readonly ComparedUnknown[];
  /** The index at which a scenario of the columns, counted without the first, is held now: one before it may have been let go of since. −1: nowhere. */
  heldIndexOf: (index: number) => number;
  /** Whether the columns are the scenarios that are held now. */
  fresh: boolean;
}>;

/**
 * The columns of the comparison. The last ones stay until every scenario that is held is answered, so that one that trades places with the page's own is
 * never in both.
 */
export const useCompared = (): Columns => {
  const answer = useAnswer();
  const first = useDeferredValue(answer);
  const pinned = useScenario((state) => state.pinned);
  const asked = useMemo(() => ({ pinned }), [pinned]);
  const { value: held, fresh } = useAsked("pinned", asked);
  const [shown, setShown] = useState<Shown | null>(null);
  const isOther = shown?.first !== first || shown.held !== held;
  if (fresh && held !== null && first === answer && isOther) setShown({ first, held, pinned });
  const answers = useMemo(() => (shown === null ? [] : [shown.first, ...shown.held]), [shown]);
  const compared = useMemo(() => comparedOf(answers), [answers]);
  const unknown = useMemo(() => unknownOf(answers), [answers]);
  const heldIndexOf = (index: number): number => {
    const choices = shown?.pinned[index];
    return choices === undefined ? -1 : pinned.indexOf(choices);
  };
  return { compared, unknown, heldIndexOf, fresh };
};

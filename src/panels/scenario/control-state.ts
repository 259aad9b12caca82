// State of a control: options, override, unknown value, reason for no effect, and lock.

import { useScenario, useAnswer } from "#scenario/page/store.ts";
import type { IdentityKey } from "#scenario/keys/issues.ts";

/** The name that was asked for under this link key and is not known, as it was written; undefined where it is known. */
export const useUnknown = (key: IdentityKey): string | undefined =>
  useScenario(({ choices: { unknown } }) => unknown[key]);

/** Why a choice is not used as it stands, by its key in a link: it does not go with the model or with the others. */
export const useWhyNot = (): ((key: string) => string | undefined) => {
  const { mismatches } = useAnswer();
  return (key) => mismatches.find((issue) => issue.key === key)?.message;
};

/** Whether the page that embeds the calculator has fixed this link key. */
export const useLocked = (key: string): boolean => useScenario(({ choices }) => choices.lock.includes(key));

// Hook that tells whether a change touches a control locked by the embedding page.

import type { Choices } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { changedFields } from "#scenario/choices/settle.ts";
import { FIELDS } from "#scenario/keys/link-fields.ts";

/** Whether a change would turn a control that the page around an embed has locked. */
export const useIsLocked = (): ((patch: Partial<Choices>) => boolean) => {
  const choices = useScenario((state) => state.choices);
  if (choices.lock.length === 0) return () => false;
  return (patch) => {
    const changed = changedFields(choices, { ...choices, ...patch });
    const keys = FIELDS.filter(({ field }) => changed.includes(field)).flatMap((field) => field.keys);
    return keys.some((key) => choices.lock.includes(key));
  };
};

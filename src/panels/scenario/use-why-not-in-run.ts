import { whyNotInRun } from "#scenario/choices/asked-run.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { linkTexts } from "#scenario/choices/url.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";

type Asking = keyof Choices & ("eval" | "saving" | "merge" | "resume" | "loading");

/** Why a moment outside the training step, before it is chosen, would have no part in any method shown; undefined where it would. */
export const useWhyNotInRun = (): (<Key extends Asking>(key: Key, value: Choices[Key]) => string | undefined) => {
  const choices = useScenario((state) => state.choices);
  const { methods } = useAnswer();
  return (key, value) => {
    const asked = { ...choices, [key]: value };
    const why = whyNotInRun(asked, methods, key);
    return why === null ? undefined : `${key}=${linkTexts(asked)[key] ?? ""} ${why}.`;
  };
};

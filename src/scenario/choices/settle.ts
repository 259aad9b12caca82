import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { changedFields } from "./choice-changes.ts";
import { ofCompletion, SETTLED_RULES } from "./rules/settled.ts";

/**
 * Makes choices such as a link can carry: the method in focus is shown, what is of another method, objective, engine or evaluation has its default, and `completion` is
 * what `seq` has beside `prompt` (`rules/settled.ts`; a link that says otherwise is told so). Without this the page and its own link would disagree.
 */
export const settle = (choices: Choices): Choices => {
  let now = choices;
  for (const { keys, isVain, instead } of SETTLED_RULES)
    for (const key of keys)
      if (isVain(now, key)) now = { ...now, ...(instead?.(now) ?? { [key]: DEFAULT_CHOICES[key] }) };
  const settled = { ...now, ...ofCompletion(now) };
  return changedFields(choices, settled).length === 0 ? choices : settled;
};

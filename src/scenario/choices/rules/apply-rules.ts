import type { ChoiceKey, Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { isSameChoice } from "#scenario/choices/same-choice.ts";
import type { HeldChoices, Rule } from "./rule.ts";

/** A choice that a rule takes back: the choices before it and after it. */
export type TakenBack<Held extends HeldChoices> = Readonly<{
  rule: Rule<Held>;
  key: ChoiceKey;
  why: string;
  before: Choices;
  after: Choices;
  held: Held;
}>;

/** True if a key has another value than its default. */
export const isSet = (choices: Choices, key: ChoiceKey): boolean => !isSameChoice(choices[key], DEFAULT_CHOICES[key]);

/**
 * Asks rule after rule, each about what the ones before it have left.
 *
 * @param subject what the rules need to know beside the choices
 * @returns the choices in effect, and each that was taken back, in the order of the rules
 */
export const applyRules = <Subject extends object>(
  rules: readonly Rule<HeldChoices & Subject>[],
  choices: Choices,
  subject: Subject,
): Readonly<{ choices: Choices; taken: readonly TakenBack<HeldChoices & Subject>[] }> => {
  let now = choices;
  const taken: TakenBack<HeldChoices & Subject>[] = [];
  for (const rule of rules) {
    for (const key of rule.keys) {
      const held = { ...subject, choices, now };
      if (!(rule.when?.(held) ?? isSet(now, key))) continue;
      const why = rule.why(held, key);
      if (why === null) continue;
      const before = now;
      now = { ...now, ...(rule.instead?.(held, key) ?? { [key]: DEFAULT_CHOICES[key] }) };
      taken.push({ rule, key, why, before, after: now, held });
    }
  }
  return { choices: now, taken };
};

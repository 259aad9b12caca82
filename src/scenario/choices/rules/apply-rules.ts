// Rules that refuse a choice: their type, and their application one after another.

import { type ChoiceKey, type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { isSameChoice } from "#scenario/choices/settle.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { NamedTeacher } from "#scenario/choices/teacher-model.ts";

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

/** The choices that a rule reads. */
export type HeldChoices = Readonly<{
  /** As they were chosen. */
  choices: Choices;
  /** The same, without what the rules before this one have taken back. */
  now: Choices;
}>;

/** The model that rules check choices against; the GPU and the teacher if they are known. */
export type RuleSubject = Readonly<{
  architecture: Architecture;
  teacher?: NamedTeacher;
  /** True if CPU and GPU share one memory. */
  isUnified?: boolean;
  /** The reason that allocator settings have no effect; null if the allocator is replayed for at least one method. */
  whyNotReplayed?: () => string | null;
}>;

/** Choices with the model, the GPU and one method. */
export type HeldForMethod = HeldChoices & RuleSubject & Readonly<{ method: MethodId }>;

/** Choices about the run outside the training step, with the scenario of one method. */
export type HeldForRun = HeldChoices & Readonly<{ scenario: Scenario }>;

/**
 * The methods for which a refusal is reported. `focus`: of the method in focus. `each`: of those that are shown, once where all have the same reason.
 * `adapters`: as `each`, of those with adapters. `asked`: as `adapters`, and of full fine-tuning where it is shown alone. `all`: only where every method that is shown takes it back, with the reason of the last, whose base is quantized if one is.
 */
export type Scope = "focus" | "each" | "adapters" | "asked" | "all";

/** A rule that refuses a choice: its condition, its reason and the replacement. The engine uses the result; the page shows the reason. */
export type Rule<Held extends HeldChoices> = Readonly<{
  /** The keys that it may take back. */
  keys: readonly ChoiceKey[];
  /** `focus` where it is not said. */
  of?: Scope;
  /** True if the rule applies at all; absent: it applies if a key has another value than its default. */
  when?: (held: Held) => boolean;
  /** The reason for a refusal, which continues `key=value`: "belongs to ckpt=1"; null if the choice is used. */
  why: (held: Held, key: ChoiceKey) => string | null;
  /** The replacement; absent: the default of the key. */
  instead?: (held: Held, key: ChoiceKey) => Partial<Choices>;
  /** The refused value, if other keys imply it. */
  value?: (held: Held) => string;
  /** The consequence for a single method: "so QLoRA has others". */
  follows?: (method: string) => string;
}>;

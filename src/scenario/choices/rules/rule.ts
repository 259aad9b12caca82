import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { NamedTeacher } from "#scenario/choices/asked-teacher.ts";
import type { ChoiceKey, Choices } from "#scenario/keys/choices.ts";

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

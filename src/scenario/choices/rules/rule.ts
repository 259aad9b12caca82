import type { Architecture } from "#calc/model/architecture.ts";
import type { MethodId, Scenario } from "#calc/model/scenario.ts";
import type { NamedTeacher } from "#scenario/choices/asked-teacher.ts";
import type { ChoiceKey, Choices } from "#scenario/keys/choices.ts";

/** What every rule is asked about. */
export type HeldChoices = Readonly<{
  /** As they were chosen. */
  choices: Choices;
  /** The same, without what the rules before this one have taken back. */
  now: Choices;
}>;

/** What choices are held against beside each other: the model, and the card and the teacher where they are at hand. */
export type RuleSubject = Readonly<{
  architecture: Architecture;
  teacher?: NamedTeacher;
  /** Whether CPU and GPU share one memory. */
  isUnified?: boolean;
  /** Why what is set of PyTorch's allocator decides nothing: it is replayed for no method that is shown; null where it is for some. */
  whyNotReplayed?: () => string | null;
}>;

/** Choices beside the model and the card, for one method. */
export type HeldForMethod = HeldChoices & RuleSubject & Readonly<{ method: MethodId }>;

/** Choices of a run outside its step, beside the scenario that they come to with one method. */
export type HeldForRun = HeldChoices & Readonly<{ scenario: Scenario }>;

/**
 * Of which methods it is said that a rule takes a choice back. `focus`: of the method in focus. `each`: of those that are shown, once where all have the same reason.
 * `adapters`: as `each`, of those with adapters. `asked`: as `adapters`, and of full fine-tuning where it is shown alone. `all`: only where every method that is shown takes it back, with the reason of the last, whose base is quantised if one is.
 */
export type Scope = "focus" | "each" | "adapters" | "asked" | "all";

/** When a choice does not hold, why, and what holds in its place: the engine is asked what is left, and the page says the rest. */
export type Rule<Held extends HeldChoices> = Readonly<{
  /** The keys that it may take back. */
  keys: readonly ChoiceKey[];
  /** `focus` where it is not said. */
  of?: Scope;
  /** Whether it is asked at all; absent: where a key has another value than its default. */
  when?: (held: Held) => boolean;
  /** Why the choice does not hold, as a sentence goes on from `key=value`: "belongs to ckpt=1"; null where it does. */
  why: (held: Held, key: ChoiceKey) => string | null;
  /** What holds instead; absent: the default of the key. */
  instead?: (held: Held, key: ChoiceKey) => Partial<Choices>;
  /** What was chosen, where a link without the key says it. */
  value?: (held: Held) => string;
  /** What a reason of one method means for it: "so QLoRA has others". */
  follows?: (method: string) => string;
}>;

import type { ChoiceKey, Choices } from "#scenario/keys/choices.ts";
import { APART_WORDS } from "#scenario/words/apart-words.ts";
import { keysApart } from "./keys-apart.ts";
import type { HeldChoices, Rule } from "./rule.ts";
import { SETTLED_RULES, type SettledReason } from "./settled.ts";

const WORDS: Readonly<Record<SettledReason, (now: Choices, key: ChoiceKey) => string>> = {
  "not-shown": () => "is not shown",
  quant: ({ method }) => `belongs to method=qlora, and the method is ${method}`,
  "no-trainer": ({ objective }) => `has no trainer that is counted for objective=${objective}`,
  apart: ({ objective }, key) => APART_WORDS[keysApart(objective).get(key) ?? "of-sft"],
  "not-the-sum": () => "is not the sum of prompt and completion",
  "not-on-card": ({ engine }) => `belongs to engine=vllm-colocate, and the engine is ${engine}`,
  generates: ({ evalgen }) => `is of logits, and evalgen=${evalgen} keeps generated tokens in their place`,
};

/** Said of a default that a link spells out, too. */
const OF_DEFAULTS: readonly SettledReason[] = ["not-shown", "quant", "no-trainer", "not-the-sum"];

/** The same rules with the message for a link, which continues `key=value`. */
export const TOLD_RULES: readonly Rule<HeldChoices>[] = SETTLED_RULES.map(({ reason, keys, isVain, instead }) => ({
  keys,
  ...(OF_DEFAULTS.includes(reason) && { when: () => true }),
  why: ({ now }, key) => (isVain(now, key) ? WORDS[reason](now, key) : null),
  ...(instead && { instead: ({ now }) => instead(now) }),
}));

import type { Refused } from "#calc/model/asked-division.ts";
import type { Answer } from "./answer.ts";
import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { RULE_WORDS } from "./rule-words.ts";
import { linkTexts } from "./url.ts";
import { whyByRule } from "./why-by-rule.ts";

/** What only what is reserved follows from. */
const KEYS = ["alloc", "lengths"] as const;

/** Why nothing follows from what is set of the allocator: it is replayed for no method. */
const whyNotReplayed = ({ gpu, methods }: Answer): string | null => {
  const reasons = methods.map((method) => whyByRule(method, gpu));
  const [first = null] = reasons;
  return first === null || reasons.includes(null) ? null : RULE_WORDS[first].ofKey;
};

/** Choices that matter for what is reserved alone, where they cannot, and rows that are longer on average than they may be. */
export const reservedIssues = (answer: Answer): readonly Refused[] => {
  const { choices } = answer;
  const { lengths, seq } = choices;
  const refused = (key: (typeof KEYS)[number], instead: Choices, why: string): Refused => ({
    key,
    value: linkTexts(choices)[key] ?? "",
    used: linkTexts(instead)[key] ?? "",
    why,
  });
  const why = whyNotReplayed(answer);
  if (why !== null)
    return KEYS.filter((key) => choices[key] !== DEFAULT_CHOICES[key]).map((key) => refused(key, DEFAULT_CHOICES, why));
  return typeof lengths === "number" && lengths > seq
    ? [refused("lengths", { ...choices, lengths: seq }, `has a mean above seq=${seq}`)]
    : [];
};

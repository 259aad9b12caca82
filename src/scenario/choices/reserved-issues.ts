import type { Refused } from "#calc/model/asked-division.ts";
import type { AnswerGpu } from "./answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { RULE_WORDS } from "./rule-words.ts";
import { linkTexts } from "./url.ts";
import { type Based, whyByRule } from "./why-by-rule.ts";

/** What only what is reserved follows from. */
const KEYS = ["alloc", "lengths"] as const;

/** The part of an answer that says by what its figures go. */
type Replayed = Readonly<{ choices: Choices; gpu: Pick<AnswerGpu, "traits">; methods: readonly Based[] }>;

/** Why nothing follows from what is set of the allocator: it is replayed for no method. */
const whyNotReplayed = ({ gpu, methods }: Replayed): string | null => {
  const reasons = methods.map((method) => whyByRule(method, gpu));
  const [first = null] = reasons;
  return first === null || reasons.includes(null) ? null : RULE_WORDS[first].ofKey;
};

/** Choices that matter for what is reserved alone, where they cannot, and rows that are longer on average than they may be. */
export const reservedIssues = (answer: Replayed): readonly Refused[] => {
  const { choices } = answer;
  const { lengths, seq } = choices;
  const set = KEYS.filter((key) => choices[key] !== DEFAULT_CHOICES[key]);
  if (set.length === 0) return [];
  const refused = (key: (typeof KEYS)[number], instead: Choices, why: string): Refused => ({
    key,
    value: linkTexts(choices)[key] ?? "",
    used: linkTexts(instead)[key] ?? "",
    why,
  });
  const why = whyNotReplayed(answer);
  if (why !== null) return set.map((key) => refused(key, DEFAULT_CHOICES, why));
  return typeof lengths === "number" && lengths > seq
    ? [refused("lengths", { ...choices, lengths: seq }, `has a mean above seq=${seq}`)]
    : [];
};

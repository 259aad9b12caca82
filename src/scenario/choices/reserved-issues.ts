import type { Refused } from "#calc/model/asked-division.ts";
import type { Answer } from "./answer.ts";
import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { linkTexts } from "./url.ts";
import { type RuleReason, whyByRule } from "./why-by-rule.ts";

/** What only what is reserved follows from. */
const KEYS = ["alloc", "lengths"] as const;

const WORDS: Readonly<Record<RuleReason, string>> = {
  "rule-of-thumb": "is nothing that a rule of thumb counts",
  "other-allocator": "is for PyTorch’s allocator with CUDA or ROCm, and the card has another",
  "host-memory": "is not counted where parts are kept in host memory",
  "divided-model": "is not counted where GPUs divide the model itself",
  zero3: "is not counted with DeepSpeed’s third stage, whose allocations are not known in order",
  formats: "is not counted with these formats of weights, gradients or states, or a step of so many tensors",
};

/** Why nothing follows from what is set of the allocator: it is replayed for no method. */
const whyNotReplayed = ({ gpu, methods }: Answer): string | null => {
  const reasons = methods.map((method) => whyByRule(method, gpu));
  const [first = null] = reasons;
  return first === null || reasons.includes(null) ? null : WORDS[first];
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

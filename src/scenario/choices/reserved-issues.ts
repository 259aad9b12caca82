import type { Refused } from "#calc/model/asked-division.ts";
import type { Answer } from "./answer.ts";
import type { Choices } from "./choices.ts";
import { DEFAULT_CHOICES } from "./defaults.ts";
import { linkTexts } from "./url.ts";

/** What only what is reserved follows from. */
const KEYS = ["alloc", "lengths"] as const;

/** Why the allocator is not replayed for any method, so that nothing follows from what is set of it. */
const whyNotReplayed = ({ gpu, methods }: Answer): string | null => {
  const scenario = methods[0]?.scenario;
  if (scenario?.accounting === "bytes-per-parameter") return "is nothing that a rule of thumb counts";
  if (!gpu.traits.cachingAllocator) return "is for PyTorch’s allocator with CUDA or ROCm, and the card has another";
  if (scenario?.offload !== "none") return "is not counted where parts are kept in host memory";
  if (scenario.division !== undefined) return "is not counted where GPUs divide the model itself";
  if (scenario.sharding.startsWith("zero"))
    return "is not counted with DeepSpeed, whose allocations are not known in order";
  if (methods.every(({ estimate }) => estimate.basis === "rule"))
    return "is not counted with these formats of weights, gradients or states, or a step of so many tensors";
  return null;
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

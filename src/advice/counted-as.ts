import { sdpaKernel, bestKernelOf } from "#calc/model/sdpa-kernel.ts";
import { countsMasks, isPadded, reachesWindow } from "#calc/model/padding.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { resolve } from "#scenario/choices/resolve-stack.ts";
import { cardWords } from "#format/card-words.ts";

const KERNEL_WORDS = {
  flash: "flash attention",
  efficient: "memory-efficient attention",
  math: "math attention",
} as const;

/** The kernel of a layer, in words. With a mask keys and values are repeated, so that no heads are grouped. */
const kernelWords = ({ attn_implementation, architecture, autocast, weights }: Scenario, isMasked: boolean): string => {
  const isGrouped = !isMasked && architecture.num_key_value_heads < architecture.num_attention_heads;
  const dtype = autocast || weights !== "fp32" ? "bf16" : "fp32";
  return KERNEL_WORDS[sdpaKernel(bestKernelOf({ attn_implementation }), { dtype, isMasked, isGrouped })];
};

/** Which attention a scenario is counted with, in words. */
const attentionWords = (scenario: Scenario): string => {
  if (scenario.attn_implementation === "eager") return "eager attention";
  const [plain, masked] = [kernelWords(scenario, false), kernelWords(scenario, true)];
  if (!countsMasks(scenario)) return plain;
  if (isPadded(scenario)) return masked;
  const isMixed = plain !== masked && reachesWindow(scenario, scenario.sequence_length);
  // In as few words as have room in two lines: nothing under them moves when a slider reaches the window.
  return isMixed ? `${plain}, efficient in windows` : plain;
};

/** "Counted as a T4 runs it: fp16, math attention": what the card decides for the method in focus, beside its memory. */
export type CountedAs = Readonly<{
  card: string;
  compute: string;
  attention: string;
  /** Whether memory was measured on such a card; else it is what sources say. */
  isTried: boolean;
}>;

/** What the card decides for the method in focus; null for a rule of thumb, and where the card does not run it. */
export const countedAs = ({ choices, gpu, methods }: Answer): CountedAs | null => {
  const focus = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focus === undefined || focus.card.cannotRun !== null || focus.scenario.accounting === "bytes-per-parameter")
    return null;
  return {
    card: gpu.id === "custom" ? "a card of today" : cardWords(gpu.shortName, 1),
    compute: resolve(choices, focus.method, gpu.traits).compute,
    attention: attentionWords(focus.scenario),
    isTried: gpu.traits.isTried,
  };
};

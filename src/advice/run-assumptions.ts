// Effects of the GPU on a run (compute type, attention) and the division over GPUs, in words.

import { sdpaKernel, bestKernelOf, countsMasks, isPadded, reachesWindow } from "#calc/model/scenario-traits.ts";
import type { Scenario, MethodId } from "#calc/model/scenario.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { resolveByStack } from "#scenario/choices/resolve-stack.ts";
import { gpuPhrase, joinWithAnd } from "#format/phrases.ts";
import { ranksPerModel } from "#calc/model/division.ts";
import { formatCount, NO_BREAK_SPACE } from "#format/numbers.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";

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

/** The effects of the GPU on the method in focus, in parts and as one sentence: "Counted as a T4 runs it: fp16, math attention." */
export type CountedAs = Readonly<{
  card: string;
  compute: string;
  attention: string;
  /** Whether memory was measured on such a card; else it is what sources say. */
  isTried: boolean;
  sentence: string;
}>;

/** What the card decides for the method in focus; null for a rule of thumb, and where the card does not run it. */
export const countedAs = ({ choices, gpu, methods }: Answer): CountedAs | null => {
  const focus = methods.find(({ method }) => method === choices.method) ?? methods[0];
  if (focus === undefined || focus.card.cannotRun !== null || focus.scenario.accounting === "bytes-per-parameter")
    return null;
  const card = gpu.id === "custom" ? "a card of today" : gpuPhrase(gpu.shortName, 1);
  const { compute } = resolveByStack(choices, focus.method, gpu.traits);
  const attention = attentionWords(focus.scenario);
  const { isTried } = gpu.traits;
  const source = isTried ? "" : " (read from sources, not tried)";
  return {
    card,
    compute,
    attention,
    isTried,
    sentence: `Counted as ${card} runs it: ${compute}, ${attention}${source}.`,
  };
};

/** How GPUs share the work where they divide one model: "2 × tensor with sequence, 4 × data", "8 × data, experts over 4"; null where each has all of it. */
export const divisionWords = ({
  division,
  gpus,
}: Readonly<{ division?: Scenario["division"]; gpus: number }>): string | null => {
  if (division === undefined) return null;
  const { tp_size, sequence_parallel, cp_size, ulysses_size = 1, pp_size, ep_size = 1 } = division;
  const ways = [
    [tp_size, sequence_parallel ? "tensor with sequence" : "tensor"],
    [cp_size, "context"],
    [ulysses_size, "Ulysses"],
    [pp_size, "pipeline"],
    [gpus / ranksPerModel(division), "data"],
  ] as const;
  const said = ways
    .filter(([count]) => count > 1)
    .map(([count, way]) => `${formatCount(count)}${NO_BREAK_SPACE}×${NO_BREAK_SPACE}${way}`);
  return [...said, ...(ep_size > 1 ? [`experts over ${formatCount(ep_size)}`] : [])].join(", ");
};

type Divided = Readonly<{ method: MethodId; division?: Scenario["division"] }>;

/**
 * How GPUs share the work of several methods. Where they share out experts with some methods alone, these are named:
 * "8 × data, experts over 8 with full fine-tuning".
 */
export const methodsDivisionWords = (methods: readonly Divided[], gpus: number): string | null => {
  const shared = methods.filter(({ division }) => division?.ep_size !== undefined);
  const [said = methods[0]] = shared;
  const words = said === undefined ? null : divisionWords({ division: said.division, gpus });
  if (words === null || shared.length === 0 || shared.length === methods.length) return words;
  return `${words} with ${joinWithAnd(shared.map(({ method }) => METHOD_NAMES[method].inSentence))}`;
};

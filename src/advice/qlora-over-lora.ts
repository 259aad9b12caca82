// Reasons for QLoRA to need as much memory as LoRA, or more.

import { type MemoryEstimate, termBytes } from "#calc/model/memory-estimate.ts";
import type { KbitPreparation, Scenario } from "#calc/model/scenario.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import { formatSignedGib } from "#format/bytes.ts";
import { NO_BREAK_SPACE } from "#format/numbers.ts";
import { estimateOn } from "#scenario/choices/to-answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { STACK_WORDS } from "#scenario/words/key-words.ts";
import { gibWords } from "./gpu-words.ts";
import { unquantizedExperts } from "./answer-notes.ts";
import { TERM_WORDS } from "#format/term-names.ts";
import type { Answer } from "#scenario/choices/answer.ts";

/** One method as the page has it. */
type Run = Readonly<{ scenario: Scenario; estimate: MemoryEstimate }>;

/** A term that differs by less than this is not worth a word: half of the last digit shown. */
const WORTH_BYTES = 0.05 * 2 ** 30;

/** "base weights −0.2, workspace +0.3 GiB", the largest first. */
const termWords = (lora: MemoryEstimate, qlora: MemoryEstimate): string =>
  qlora.terms
    .map(({ id, bytes }) => ({ id, bytes: bytes - termBytes(lora, id) }))
    .filter(({ bytes }) => Math.abs(bytes) >= WORTH_BYTES)
    .toSorted((one, other) => Math.abs(other.bytes) - Math.abs(one.bytes))
    .map(({ id, bytes }) => `${TERM_WORDS[id]} ${formatSignedGib(bytes)}`)
    .join(", ");

const asLoaded = (scenario: Scenario): Scenario =>
  scenario.method.kind === "qlora"
    ? { ...scenario, method: { ...scenario.method, kbitPreparation: "none" } }
    : scenario;

/** What k-bit preparation costs, by the same run without it; null where there is none, or where it saves nothing worth a word. */
const preparation = (
  qlora: Run,
  traits: CardTraits,
): Readonly<{ mode: KbitPreparation; without: MemoryEstimate }> | null => {
  const { method } = qlora.scenario;
  if (method.kind !== "qlora" || method.kbitPreparation === "none") return null;
  const without = estimateOn(asLoaded(qlora.scenario), traits);
  if (qlora.estimate.onCardBytes - without.onCardBytes < WORTH_BYTES) return null;
  return { mode: method.kbitPreparation, without };
};

/** What surprises, and what would make it less. */
export type QloraOverLora = Readonly<{
  /** By how much and why, in one sentence. */
  lead: string;
  /** The parts that differ, and what k-bit preparation has to do with it. */
  details: string;
  /** A change that takes the reason away; null where there is none. */
  action: Readonly<{ label: string; patch: Partial<Choices> }> | null;
}>;

const moreThanLora = (more: number): string => `QLoRA takes ${gibWords(more)} more than LoRA here`;

const ofParts = (more: number, terms: string): QloraOverLora => ({
  lead: `${moreThanLora(more)}${terms === "" ? "." : `: ${terms}${NO_BREAK_SPACE}GiB.`}`,
  details: "",
  action: null,
});

/**
 * Why QLoRA takes no less than LoRA, where that is so: in small models the 4-bit linear layers save less than fp32 embeddings, a wider residual
 * stream and dequantised copies cost. null where QLoRA takes less. All figures are on the card, one of a kind.
 * @internal
 */
export const qloraOverLora = (lora: Run, qlora: Run, traits: CardTraits): QloraOverLora | null => {
  const more = qlora.estimate.onCardBytes - lora.estimate.onCardBytes;
  if (more < 0) return null;
  const terms = termWords(lora.estimate, qlora.estimate);
  const prepared = preparation(qlora, traits);
  if (prepared === null) return ofParts(more, terms);
  const { mode, without } = prepared;
  const dearer = termBytes(qlora.estimate, "weights") - termBytes(without, "weights");
  const into =
    unquantizedExperts(qlora.scenario) > 0 ? "the experts, which are not quantised," : "what is not quantised";
  const still = without.onCardBytes < lora.estimate.onCardBytes ? "less than LoRA" : "still not less than LoRA";
  return {
    lead: `${moreThanLora(more)}: k-bit preparation turns ${into} into fp32.`,
    details:
      `QLoRA against LoRA: ${terms}${NO_BREAK_SPACE}GiB. k-bit preparation (${STACK_WORDS.kbit.values[mode]}) takes ${gibWords(dearer)} more weights, ` +
      `and wider activations; without it QLoRA would take ${gibWords(without.onCardBytes)}, ${still}.`,
    action: { label: "Leave out k-bit preparation", patch: { kbit: "none" } },
  };
};

/** Why QLoRA takes no less than LoRA in an answer; null where it takes less, or where one of them is not shown. Not only small models: QLoRA is not always the smaller one. */
export const qloraOverLoraInAnswer = ({ methods, gpu }: Pick<Answer, "methods" | "gpu">): QloraOverLora | null => {
  const [lora, qlora] = (["lora", "qlora"] as const).map((id) => methods.find(({ method }) => method === id));
  return lora === undefined || qlora === undefined ? null : qloraOverLora(lora, qlora, gpu.traits);
};

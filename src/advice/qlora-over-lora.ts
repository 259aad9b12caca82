import { estimated } from "#calc/model/estimated.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { TermId } from "#calc/model/term.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { gibWords } from "./card-words.ts";
import { TERM_WORDS } from "./term-words.ts";

/** One method as the page has it. */
type Run = Readonly<{ scenario: Scenario; estimate: MemoryEstimate }>;

const NBSP = "\u00a0";
/** A term that differs by less than this is not worth a word: half of the last digit shown. */
const WORTH_BYTES = 0.05 * 2 ** 30;

const bytesOf = ({ terms }: MemoryEstimate, id: TermId): number => terms.find((term) => term.id === id)?.bytes ?? 0;

/** "base weights −0.2, workspace +0.3 GiB", the largest first. */
const termWords = (lora: MemoryEstimate, qlora: MemoryEstimate): string =>
  qlora.terms
    .map(({ id, bytes }) => ({ id, bytes: bytes - bytesOf(lora, id) }))
    .filter(({ bytes }) => Math.abs(bytes) >= WORTH_BYTES)
    .toSorted((one, other) => Math.abs(other.bytes) - Math.abs(one.bytes))
    .map(({ id, bytes }) => `${TERM_WORDS[id]} ${formatSignedGib(bytes)}`)
    .join(", ");

const asLoaded = (scenario: Scenario): Scenario =>
  scenario.method.kind === "qlora"
    ? { ...scenario, method: { ...scenario.method, kbitPreparation: "none" } }
    : scenario;

/** What k-bit preparation has to do with it: the same run without it. */
const preparation = (lora: MemoryEstimate, qlora: Run): readonly string[] => {
  const { method } = qlora.scenario;
  if (method.kind !== "qlora" || method.kbitPreparation === "none") return [];
  const without = estimated(ENGINE.estimate(asLoaded(qlora.scenario)));
  const saved = qlora.estimate.onCardBytes - without.onCardBytes;
  if (saved < WORTH_BYTES) return [];
  const dearer = bytesOf(qlora.estimate, "weights") - bytesOf(without, "weights");
  const still = without.onCardBytes < lora.onCardBytes ? "less than LoRA" : "still not less than LoRA";
  return [
    `k-bit preparation (${method.kbitPreparation}) turns what is not quantised into fp32: ${gibWords(dearer)} more weights, ` +
      `and wider activations; without it QLoRA would take ${gibWords(without.onCardBytes)}, ${still}.`,
  ];
};

/**
 * Why QLoRA takes no less than LoRA, where that is so: in small models the 4-bit linear layers save less than fp32 embeddings, a wider residual
 * stream and dequantised copies cost. Nothing is said where QLoRA takes less. All figures are on the card.
 */
export const qloraOverLora = (lora: Run, qlora: Run): readonly string[] => {
  const more = qlora.estimate.onCardBytes - lora.estimate.onCardBytes;
  if (more < 0) return [];
  const terms = termWords(lora.estimate, qlora.estimate);
  return [
    `QLoRA takes ${gibWords(more)} more than LoRA here, not less${terms === "" ? "." : `: ${terms}${NBSP}GiB.`}`,
    ...preparation(lora.estimate, qlora),
  ];
};

/** What would make it less: no k-bit preparation where that is what costs; null where it is not. */
export const qloraWayOut = (lora: Run, qlora: Run): Readonly<{ label: string; patch: Partial<Choices> }> | null =>
  preparation(lora.estimate, qlora).length === 0
    ? null
    : { label: "Leave out k-bit preparation", patch: { kbit: "none" } };

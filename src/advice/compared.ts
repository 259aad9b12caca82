import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { TermId } from "#calc/model/term.ts";
import { GB } from "#calc/base/quantity.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatGb } from "#format/gb.ts";
import { MINUS } from "#format/signs.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { ARTICLE_MEMORY } from "./article/memory.ts";

/** One of the article's memory figures: as printed, by its own rule, as a training step, and in a sentence why the three differ. */
export type Compared = Readonly<{
  label: string;
  method: MethodId;
  quoted: string;
  ruleBytes: number;
  stepBytes: number;
  why: string;
}>;

type EstimateOf = (method: MethodId) => MemoryEstimate;

/** Estimates of a model of a size, LoRA of rank 16 on all linears, by method. */
export const estimatesOfSize = (params: number, patch: Partial<Choices>, catalog: Catalog): EstimateOf => {
  const choices: Choices = { ...DEFAULT_CHOICES, model: { kind: "size", params }, ...patch };
  const { methods } = toAnswer({ ...choices, show: METHODS }, catalog);
  return (method) => {
    const found = methods.find((each) => each.method === method);
    if (found === undefined) throw new Error(`${method} is shown.`);
    return found.estimate;
  };
};

/** What a term does to the difference, by its sign. */
const REASONS: Readonly<Record<TermId, readonly [more: string, less: string]>> = {
  weights: ["for weights that are not in 4 bits (embeddings, head, norms)", "of weights"],
  adapters: ["for adapters in fp32", "of adapters"],
  gradients: ["for gradients", "of gradients, which are gone at the peak"],
  optimizer: ["for optimizer states", "of optimizer states, which follow the parameters’ own format"],
  activations: ["for activations, which the rule leaves out", "of activations"],
  logits: ["for logits and loss, which the rule leaves out", "of logits"],
  workspace: ["for temporaries", "of temporaries"],
  framework: ["", ""],
};

/** Differences smaller than this share of the figure are not worth a word. */
const SMALL_SHARE = 0.02;

const bytesOf = ({ terms }: MemoryEstimate, id: TermId): number => terms.find((term) => term.id === id)?.bytes ?? 0;

/** The terms in which a step and the rule differ most, as "+3.0 GB for ...". */
const termsText = (rule: MemoryEstimate, step: MemoryEstimate): string =>
  rule.terms
    .filter(({ id }) => id !== "framework")
    .map(({ id }) => ({ id, bytes: bytesOf(step, id) - bytesOf(rule, id) }))
    .filter(({ bytes }) => Math.abs(bytes) > SMALL_SHARE * rule.peakBytes)
    .toSorted((one, other) => Math.abs(other.bytes) - Math.abs(one.bytes))
    .slice(0, 3)
    .map(({ id, bytes }) => `${bytes < 0 ? MINUS : "+"}${formatGb(bytes)} GB ${REASONS[id][bytes < 0 ? 1 : 0]}`)
    .join(", ");

const printedText = (quoted: string, ruleBytes: number): string => {
  const printed = Number.parseFloat(quoted) * GB;
  if (Math.abs(printed - ruleBytes) < GB / 2) return `The rule gives the ${quoted} that is printed.`;
  const way = printed > ruleBytes ? "rounded up by hand from" : "less than";
  return `The printed ${quoted} is ${way} the rule’s ${formatGb(ruleBytes)}.`;
};

const whyText = (quoted: string, rule: MemoryEstimate, step: MemoryEstimate): string => {
  const terms = termsText(rule, step);
  const stepText = `A step takes ${formatGb(step.peakBytes)}`;
  return `${printedText(quoted, rule.peakBytes)} ${stepText}${terms === "" ? "" : `: ${terms}`}.`;
};

/**
 * The article's memory table beside its own rule (preset *Article*) and the peak of a training step of the default stack at this batch and length, each
 * difference in a sentence that is made of the engine's terms.
 *
 * @yields after the runs of each size
 */
export function* comparedMemory(
  at: Pick<Choices, "batch" | "seq">,
  catalog: Catalog,
): Generator<void, readonly Compared[]> {
  const compared: Compared[] = [];
  for (const { label, params, gb } of ARTICLE_MEMORY) {
    const ruleOf = estimatesOfSize(params, { stack: "article" }, catalog);
    yield;
    const stepOf = estimatesOfSize(params, at, catalog);
    for (const method of METHODS) {
      const [rule, step] = [ruleOf(method), stepOf(method)];
      const quoted = gb[method];
      const [ruleBytes, stepBytes] = [rule.peakBytes, step.peakBytes];
      compared.push({ label, method, quoted, ruleBytes, stepBytes, why: whyText(quoted, rule, step) });
    }
    yield;
  }
  return compared;
}

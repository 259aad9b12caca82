// The article's memory and GPU figures compared with its own rule and with the engine.

import { type MemoryEstimate, type CardFit, type Fit, termBytes } from "#calc/model/memory-estimate.ts";
import type { TermId } from "#calc/model/terms.ts";
import { GB } from "#calc/base/bytes.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatGb } from "#format/bytes.ts";
import { MINUS } from "#format/numbers.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { ARTICLE_MEMORY, MINIMUM_GPUS, type QuotedCards } from "./article-figures.ts";
import { gpuPhrase } from "#format/phrases.ts";
import { gibWords } from "./gpu-words.ts";
import { type SmallestCard, smallestCard } from "./smallest-gpu.ts";
import { evaluateTrial } from "./trial.ts";

/** One of the article's memory figures: as printed, by its own rule, as a training step, and in a sentence why the three differ. */
type Compared = Readonly<{
  label: string;
  method: MethodId;
  quoted: string;
  ruleBytes: number;
  stepBytes: number;
  why: string;
}>;

type EstimateOf = (method: MethodId) => MemoryEstimate;

/** Estimates of a model of a size, LoRA of rank 16 on all linears, by method. @internal */
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

/** The terms in which a step and the rule differ most, as "+3.0 GB for ...". */
const termsText = (rule: MemoryEstimate, step: MemoryEstimate): string =>
  rule.terms
    .filter(({ id }) => id !== "framework")
    .map(({ id }) => ({ id, bytes: termBytes(step, id) - termBytes(rule, id) }))
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

/** One of the article's smallest cards: as printed, by its rule, and by the engine, with the difference in a sentence. */
type ComparedGpus = Readonly<{
  label: string;
  method: MethodId;
  quoted: string;
  /** What the article's own accounting says of its own card: each card's share of the bytes against the label on the box. null: not in the catalog. */
  fitsByRule: boolean | null;
  /** What a training step on it does; null where the catalog has no such card. */
  fit: Fit | null;
  smallest: SmallestCard;
  why: string;
}>;

const stepText = ({ fit, headroomBytes, cannotRun }: CardFit): string => {
  if (cannotRun !== null) return `a step cannot run: ${cannotRun}`;
  if (fit === "over") return `a step lacks ${gibWords(headroomBytes)}`;
  return fit === "tight"
    ? `a step may not fit: ${gibWords(headroomBytes)} free`
    : `a step fits with ${gibWords(headroomBytes)} to spare`;
};

const smallestText = ({ found }: SmallestCard): string => {
  if (found === null) return "No number of any card in the catalog holds it.";
  const cards = gpuPhrase(found.shortName, found.gpus);
  return found.fit === "tight" ? `It may not fit on ${cards}.` : `The smallest that holds it is ${cards}.`;
};

type Asked = Readonly<{ params: number; method: MethodId; at: Pick<Choices, "batch" | "seq"> }>;

const compare = ({ params, method, at }: Asked, quoted: QuotedCards, catalog: Catalog): Omit<ComparedGpus, "label"> => {
  const share = estimatesOfSize(params, { stack: "article" }, catalog)(method).peakBytes / quoted.gpus;
  const choices: Choices = { ...DEFAULT_CHOICES, ...at, model: { kind: "size", params }, method };
  const smallest = smallestCard(choices, method, catalog);
  const row = catalog.gpus[quoted.gpu];
  const found = { method, quoted: quoted.text, smallest };
  if (row === undefined) {
    const why = `By its own it is ${formatGb(share)} GB a card. ${smallestText(smallest)}`;
    return { ...found, fitsByRule: null, fit: null, why };
  }
  const { card } = evaluateTrial({ ...choices, gpu: { kind: "catalog", id: quoted.gpu }, gpus: quoted.gpus }, catalog);
  const fitsByRule = share <= row.memoryGb * GB;
  const rule = `By its own ${formatGb(share)} GB a card it ${fitsByRule ? "fits" : "does not fit"} in ${row.memoryGb} GB`;
  return { ...found, fitsByRule, fit: card.fit, why: `${rule}; ${stepText(card)}. ${smallestText(smallest)}` };
};

/** The article's smallest cards beside its own accounting and the engine's: whether they hold a training step (sharded where there are several), and which would. */
export function* comparedGpus(
  at: Pick<Choices, "batch" | "seq">,
  catalog: Catalog,
): Generator<void, readonly ComparedGpus[]> {
  const compared: ComparedGpus[] = [];
  for (const { label, params, cards } of MINIMUM_GPUS)
    for (const method of METHODS) {
      compared.push({ label, ...compare({ params, method, at }, cards[method], catalog) });
      yield;
    }
  return compared;
}

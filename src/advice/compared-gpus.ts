import type { CardFit, Fit } from "#calc/model/memory-estimate.ts";
import { GB } from "#calc/base/quantity.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatGb } from "#format/gb.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";
import { MINIMUM_GPUS, type QuotedCards } from "./article/minimum-gpus.ts";
import { cardWords } from "#format/card-words.ts";
import { gibWords } from "./card-words.ts";
import { estimatesOfSize } from "./compared.ts";
import { type SmallestCard, smallestCard } from "./smallest-card.ts";
import { tryOut } from "./trial.ts";

/** One of the article's smallest cards: as printed, by its rule, and by the engine, with the difference in a sentence. */
export type ComparedGpus = Readonly<{
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
  const cards = cardWords(found.shortName, found.gpus);
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
  const { card } = tryOut({ ...choices, gpu: { kind: "catalog", id: quoted.gpu }, gpus: quoted.gpus }, catalog);
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

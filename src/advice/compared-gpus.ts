import type { CardFit, Fit } from "#calc/model/memory-estimate.ts";
import { GB } from "#calc/base/quantity.ts";
import { METHODS, type MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatGb } from "#format/gb.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
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
  /** What the article's own accounting says of its own card: each card's share of the bytes against the label on the box. */
  fitsByRule: boolean;
  /** What a training step on it does; null where the catalog has no such card. */
  fit: Fit | null;
  smallest: SmallestCard;
  why: string;
}>;

const ruleText = (share: number, memoryGb: number): string =>
  `By its own ${formatGb(share)} GB a card it ${share <= memoryGb * GB ? "fits" : "does not fit"} in ${memoryGb} GB`;

const stepText = ({ fit, headroomBytes, cannotRun }: CardFit): string => {
  if (cannotRun !== null) return `a step cannot run: ${cannotRun}`;
  return fit === "over"
    ? `a step lacks ${gibWords(headroomBytes)}`
    : `a step ${fit === "tight" ? "is tight" : "fits"} with ${gibWords(headroomBytes)} to spare`;
};

const smallestText = ({ found }: SmallestCard): string =>
  found === null
    ? "No number of any card in the catalog holds it."
    : `The smallest that holds it is ${cardWords(found.shortName, found.gpus)}.`;

type Asked = Readonly<{ params: number; method: MethodId; at: Pick<Choices, "batch" | "seq"> }>;

const compare = ({ params, method, at }: Asked, quoted: QuotedCards, catalog: Catalog): Omit<ComparedGpus, "label"> => {
  const share = estimatesOfSize(params, { stack: "article" }, catalog)(method).peakBytes / quoted.gpus;
  const row = catalog.gpus[quoted.gpu];
  const memoryGb = row?.memoryGb ?? Number.NaN;
  const choices: Choices = { ...DEFAULT_CHOICES, ...at, model: { kind: "size", params }, method };
  const trial =
    row === undefined
      ? null
      : tryOut({ ...choices, gpu: { kind: "catalog", id: quoted.gpu }, gpus: quoted.gpus }, catalog);
  const smallest = smallestCard(choices, method, catalog);
  const step = trial === null ? "" : `; ${stepText(trial.card)}`;
  return {
    method,
    quoted: quoted.text,
    fitsByRule: share <= memoryGb * GB,
    fit: trial?.card.fit ?? null,
    smallest,
    why: `${ruleText(share, memoryGb)}${step}. ${smallestText(smallest)}`,
  };
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

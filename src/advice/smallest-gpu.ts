import { usableMemory } from "#calc/card/usable-memory.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { OBTAINABLE } from "#catalog/obtainable-gpus.ts";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";
import { DEFAULT_CHOICES } from "#scenario/keys/defaults.ts";

/** A card that could be named to the reader. */
export type CardCandidate = Readonly<{
  id: string;
  shortName: string;
  /** The size on the box: several cards share a name and differ in it. */
  memoryGb: number;
  usableBytes: number;
}>;

/** A card that is named, and how the run goes on it: it fits, or it may not fit (`tight`) where no candidate is known to be enough. */
export type FoundCard = CardCandidate & Readonly<{ fit: "fits" | "tight" }>;

/** A card is smaller when it has 5 % less: an A100 is not a way to save on an H100, nor an RTX 3090 a way out of an RTX 4090. */
const SMALLER = 0.95;

export const isSmaller = (oneBytes: number, otherBytes: number): boolean => oneBytes < SMALLER * otherBytes;

/**
 * The cards that an answer may name, smallest usable memory first; of the same memory, in the order of the catalog. They are cards that people have or rent, whole
 * ones of NVIDIA with bf16, because the training libraries (bitsandbytes, flash kernels) are written for them: a run that works on one of them works on all.
 * They are popular cards only. The first answer knows no others, so verdict, `advise`, badge and matrix name the same card, before and after all GPUs are loaded.
 */
export const CARD_CANDIDATES: readonly CardCandidate[] = Object.entries(POPULAR_CATALOG.gpus)
  .filter(([id, row]) => OBTAINABLE[id] !== undefined && row.vendor === "NVIDIA" && row.bf16Supported && !row.sliceOf)
  .map(([id, row]) => ({
    id,
    shortName: row.shortName,
    memoryGb: row.memoryGb,
    usableBytes: usableMemory(row).usableBytes,
  }))
  .toSorted((one, other) => one.usableBytes - other.usableBytes);

/** A card that stands for all that advice may name, as what runs is the same on all of them. Every catalog holds the default card, which is one. */
export const usualCard = (catalog: Catalog): GpuChoice => {
  const { id } = answerGpu(DEFAULT_CHOICES.gpu, catalog);
  return { kind: "catalog", id };
};

/**
 * The smallest card on which a run fits. Where it fits on none, the smallest on which it may not fit, which `fit` says; null where it is too much for all.
 *
 * @param candidates the smallest first
 * @param fitOn how the run goes on a card
 */
export const smallestGpu = (
  candidates: readonly CardCandidate[],
  fitOn: (card: CardCandidate) => Fit,
): FoundCard | null => {
  let close: FoundCard | null = null;
  for (const card of candidates) {
    const fit = fitOn(card);
    if (fit === "fits") return { ...card, fit };
    if (fit === "tight") close ??= { ...card, fit };
  }
  return close;
};

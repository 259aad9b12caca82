import { fitOnCard } from "#calc/card/fit-on-card.ts";
import { usableMemory } from "#calc/card/usable-memory.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { bytes } from "#calc/base/quantity.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GpuFacts } from "#catalog/gpu-row.ts";
import { OBTAINABLE } from "#catalog/obtainable-gpus.ts";
import { answerGpu } from "#scenario/choices/answer-gpu.ts";
import type { GpuChoice } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";

/** A card that could be named to the reader. */
export type CardCandidate = Readonly<{
  id: string;
  shortName: string;
  /** The size on the box: several cards share a name and differ in it. */
  memoryGb: number;
  usableBytes: number;
}>;

/** A card is smaller when it has 5 % less: an A100 is not a way to save on an H100, nor an RTX 3090 a way out of an RTX 4090. */
const SMALLER = 0.95;

export const isSmaller = (oneBytes: number, otherBytes: number): boolean => oneBytes < SMALLER * otherBytes;

/**
 * The cards of a catalog that advice may name, smallest usable memory first: those that people have or rent, whole ones of NVIDIA with bf16, because the
 * libraries behind the stacks (bitsandbytes, flash kernels) are written for them. What runs on one of them runs on all.
 */
export const cardCandidates = (rows: Readonly<Record<string, GpuFacts>>): readonly CardCandidate[] =>
  Object.entries(rows)
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

/** What must fit, on how many cards, beside how many bytes already in use on each. */
export type CardNeed = Readonly<{
  estimates: readonly MemoryEstimate[];
  usedBytes: number;
  /** The share of each card that an engine beside the run has declared; absent: none. */
  share?: number;
  gpus: number;
}>;

/** The first (smallest) candidate on which every estimate fits, not merely tightly; null when none does. */
export const smallestGpu = (candidates: readonly CardCandidate[], need: CardNeed): CardCandidate | null =>
  candidates.find(({ usableBytes }) =>
    need.estimates.every(
      (estimate) =>
        fitOnCard(estimate, bytes(Math.round(usableBytes * (1 - (need.share ?? 0))) - need.usedBytes)).fit === "fits",
    ),
  ) ?? null;

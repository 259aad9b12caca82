// Comparison of a measured row with the estimate: same GPU, and which parts of memory differ.

import type { MeasuredRow } from "./measured-rows.ts";
import type { MemoryEstimate, MomentId } from "#calc/model/memory-estimate.ts";
import { GIB } from "#calc/base/bytes.ts";

type Device = NonNullable<MeasuredRow["device"]>;

/** A card as the page names it; `isCustom`: by its memory alone. */
type NamedCard = Readonly<{ shortName: string; usableBytes: number; isCustom: boolean }>;

/** Usable memory that is estimated is off by less than this; two cards of one name with other memory are further apart. */
const CLOSE_FRACTION = 0.05;

/** What makes another card of the same number. */
const VARIANTS = ["ti", "super", "d", "ada", "sff", "pcie", "nvl", "max", "q", "server", "laptop", "mig"];

const SIZE = /^\d+g[bi]?b?$/;

/** "NVIDIA A100-SXM4-80GB": nvidia, a100, sxm4. */
const wordsOf = (name: string): readonly string[] =>
  name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !SIZE.test(word));

const isNamedAlike = (device: string, card: string): boolean => {
  const [ofDevice, ofCard] = [wordsOf(device), wordsOf(card)];
  return (
    ofCard.every((word) => ofDevice.includes(word)) &&
    VARIANTS.every((variant) => !ofDevice.includes(variant) || ofCard.includes(variant))
  );
};

/** Whether PyTorch's name of a device, "NVIDIA GeForce RTX 4090", and its memory are those of a card. */
export const isSameCard = ({ name, totalBytes }: Device, { shortName, usableBytes, isCustom }: NamedCard): boolean =>
  Math.abs(totalBytes - usableBytes) <= CLOSE_FRACTION * usableBytes && (isCustom || isNamedAlike(name, shortName));

/** A part of memory that a run took more or less of than is predicted, and the moment that tells it. */
export type DifferingPart = Readonly<{
  moment: MomentId;
  part: "weights" | "optimizer states" | "activations and logits" | "gradients" | "the optimizer's own tensors";
  /** Measured less predicted; negative: it took less. */
  bytes: number;
}>;

/** What the page's figures show at all: half of a tenth. */
const SHOWN_BYTES = 0.05 * GIB;
/** Of runs of less than a few GiB that is too coarse. */
const SHOWN_FRACTION = 0.01;

/** From when on a difference is one: 0.05 GiB, or 1 % of what is predicted where that is less. */
export const leastDifference = (predictedBytes: number): number =>
  Math.min(SHOWN_BYTES, SHOWN_FRACTION * predictedBytes);

type Kind = "liveBytes" | "peakBytes";
/** Measured less predicted of a moment; null where it was not measured. */
type Off = (id: MomentId, kind: Kind) => number | null;

const offOf = (row: MeasuredRow, estimate: MemoryEstimate): Off => {
  // Moments are those of the second step: what stands since the first one is not there in a run that ended in it.
  const isWhole = row.outcome === "ran" || row.steps > 0;
  return (id, kind) => {
    const measured = row.moments.find((moment) => moment.id === id)?.[kind] ?? null;
    const predicted = estimate.moments.find((moment) => moment.id === id)?.[kind];
    return measured === null || predicted === undefined || !(isWhole || id === "load") ? null : measured - predicted;
  };
};

const less = (one: number | null, ...others: readonly (number | null)[]): number | null =>
  others.reduce((rest, other) => (rest === null || other === null ? null : rest - other), one);

/** How far a difference lies beyond nothing and another difference, one of which it may be at any moment between. */
const beyondBoth = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : one - Math.min(Math.max(one, Math.min(0, other)), Math.max(0, other));

/** The farther of two from zero. */
const farther = (one: number | null, other: number | null): number | null =>
  one === null || (other !== null && Math.abs(other) > Math.abs(one)) ? other : one;

/**
 * Which parts of memory are off, in the order of the moments that tell it. After loading there are weights (and adapters) alone; after `zero_grad` of a later step
 * the optimizer's states beside them; what a forward leaves and reaches beyond that are activations and logits; what backward leaves, gradients; what the
 * optimizer's step reaches beyond those, its own tensors. Nothing is said of a moment that was not measured; of a part that is off in two moments, the first is told.
 */
export const differingParts = (row: MeasuredRow, estimate: MemoryEstimate): readonly DifferingPart[] => {
  const off = offOf(row, estimate);
  const load = off("load", "liveBytes");
  const standing = off("zero", "liveBytes");
  const beyond = (id: MomentId, kind: Kind): number | null => less(off(id, kind), standing);
  const gradients = beyond("backward", "liveBytes");
  const found: readonly (readonly [MomentId, DifferingPart["part"], number | null])[] = [
    ["load", "weights", load],
    ["zero", "optimizer states", less(standing, load)],
    ["forward", "activations and logits", farther(beyond("forward", "liveBytes"), beyond("forward", "peakBytes"))],
    // Its highest moment may come before the gradients, after them, or among them.
    ["backward", "activations and logits", beyondBoth(beyond("backward", "peakBytes"), gradients)],
    ["backward", "gradients", gradients],
    ["step", "the optimizer's own tensors", less(off("step", "peakBytes"), off("step", "liveBytes"))],
  ];
  const least = leastDifference(estimate.peakBytes);
  const told = found.flatMap(([moment, part, bytes]) =>
    bytes !== null && Math.abs(bytes) >= least ? [{ moment, part, bytes }] : [],
  );
  return told.filter(({ part }, index) => told.findIndex((each) => each.part === part) === index);
};

/** What is predicted of a row's own metrics. */
type PredictedOfRow = Readonly<{
  /** `max_memory_allocated()` of the run after loading: the highest of the moments that follow it. */
  peakBytes: number;
  reservedBytes: number;
  /** Beside the allocator: the CUDA context, and NCCL's buffers. */
  contextBytes: number;
}>;

/** What an estimate says of the metrics that a row measures: of the peak that comes after loading. */
export const predictedOfRow = (estimate: MemoryEstimate): PredictedOfRow => {
  const after = estimate.moments.filter(({ id }) => id !== "load").map(({ peakBytes }) => peakBytes);
  return {
    peakBytes: after.length === 0 ? estimate.peakBytes : Math.max(...after),
    reservedBytes: estimate.reservedBytes,
    contextBytes: estimate.onCardBytes - estimate.neededBytes,
  };
};

/** What is seen on a card of a measured run: what PyTorch holds, and the CUDA context. null where one of them was not measured. */
export const observedCardUse = ({
  reservedBytes,
  contextBytes,
}: Readonly<{ reservedBytes: number | null; contextBytes: number | null }>): number | null =>
  reservedBytes === null || contextBytes === null ? null : reservedBytes + contextBytes;

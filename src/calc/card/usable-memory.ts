// GPU memory that programs can use: as torch, the driver or the label gives it.

import { type Bytes, bytes, GIB, MIB } from "#calc/base/bytes.ts";
import type { CardFit, OnCard } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";

/** torch's total over what nvidia-smi reports. */
const OF_REPORTED = 0.985;
/** torch's total over the label on the box, GB read as GiB. */
const OF_LABEL = 0.98;

/** What is known of a card's memory. */
type CardMemory = Readonly<{
  /** `torch.cuda.get_device_properties(0).total_memory`, GiB. */
  torchTotalMemoryGib?: number;
  /** What the driver reports, MiB. */
  memoryReportedMib?: number;
  /** Share of unified memory that the GPU may use. */
  memoryUsableFraction?: number;
  /** The label on the box, GB. */
  memoryGb: number;
}>;

/** What a figure stands on: an amount read somewhere, in MiB from the driver and GiB elsewhere, and the share of it that programs can have. */
export type MemoryBasis = Readonly<{
  of: "torch" | "unified" | "driver" | "label" | "given";
  amount: number;
  factor: number;
}>;

/** What programs can have of a card; `estimated` where no torch figure is known for it. */
export type UsableMemory = Readonly<{ usableBytes: Bytes; estimated: boolean; basis: MemoryBasis }>;

const basisOf = ({
  torchTotalMemoryGib,
  memoryReportedMib,
  memoryUsableFraction,
  memoryGb,
}: CardMemory): MemoryBasis => {
  if (torchTotalMemoryGib !== undefined) return { of: "torch", amount: torchTotalMemoryGib, factor: 1 };
  if (memoryUsableFraction !== undefined) return { of: "unified", amount: memoryGb, factor: memoryUsableFraction };
  if (memoryReportedMib !== undefined) return { of: "driver", amount: memoryReportedMib, factor: OF_REPORTED };
  return { of: "label", amount: memoryGb, factor: OF_LABEL };
};

/**
 * How much of a card's memory programs can have: what torch reported, where known; else unified memory × its usable share; else the driver's
 * figure × 0.985; else the label in GB read as GiB × 0.98. Anything but the first is an estimate.
 */
export const usableMemory = (card: CardMemory): UsableMemory => {
  const basis = basisOf(card);
  const unit = basis.of === "driver" ? MIB : GIB;
  return {
    usableBytes: bytes(Math.round(basis.amount * unit * basis.factor)),
    estimated: basis.of !== "torch",
    basis,
  };
};

/** Whether it runs on the card, comfortably or tightly. */
export const runsOnCard = ({ fit }: Pick<CardFit, "fit">): boolean => fit === "fits" || fit === "tight";

/** The most that is seen of a run on a card: never more than there is, as the allocator gives back before it fails. null where it does not run there. */
export const mostSeenOnCard = ({ onCardBytes, onCardRangeBytes: [, most] }: OnCard, card: CardFit): Bytes | null =>
  runsOnCard(card) ? bytes(Math.min(most, onCardBytes + card.headroomBytes)) : null;

/** A scenario on a machine whose GPU has no memory of its own (Apple, DGX Spark, Strix Halo): what is moved to the host stays in the same memory. */
export const forUnifiedMemory = (scenario: Scenario): Scenario => ({
  ...scenario,
  offload: "none",
  checkpointsOffloaded: false,
  savedTensorsOffloaded: false,
});

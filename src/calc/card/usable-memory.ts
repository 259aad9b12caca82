import { type Bytes, bytes, GIB } from "#calc/quantity.ts";

const MIB = 2 ** 20;
/** torch's total over what nvidia-smi reports. */
const OF_REPORTED = 0.985;
/** torch's total over the label on the box, GB read as GiB. */
const OF_LABEL = 0.98;

/** What is known of a card's memory. */
export type CardMemory = Readonly<{
  /** `torch.cuda.get_device_properties(0).total_memory`, GiB. */
  torchTotalMemoryGib?: number;
  /** What the driver reports, MiB. */
  memoryReportedMib?: number;
  /** Share of unified memory that the GPU may use. */
  memoryUsableFraction?: number;
  /** The label on the box, GB. */
  memoryGb: number;
}>;

export type UsableMemory = Readonly<{ usableBytes: Bytes; estimated: boolean; basis: string }>;

const estimatedFrom = (usable: number, basis: string): UsableMemory => ({
  usableBytes: bytes(Math.round(usable)),
  estimated: true,
  basis,
});

/**
 * How much of a card's memory programs can have: what torch reported, where known; else unified memory × its usable share; else the driver's
 * figure × 0.985; else the label in GB read as GiB × 0.98. Anything but the first is an estimate.
 */
export const usableMemory = (card: CardMemory): UsableMemory => {
  const { torchTotalMemoryGib, memoryReportedMib, memoryUsableFraction, memoryGb } = card;
  if (torchTotalMemoryGib !== undefined)
    return { usableBytes: bytes(Math.round(torchTotalMemoryGib * GIB)), estimated: false, basis: "reported by torch" };
  if (memoryUsableFraction !== undefined)
    return estimatedFrom(
      memoryGb * GIB * memoryUsableFraction,
      `${memoryGb} GiB of unified memory × ${memoryUsableFraction}`,
    );
  if (memoryReportedMib !== undefined)
    return estimatedFrom(
      memoryReportedMib * MIB * OF_REPORTED,
      `${memoryReportedMib} MiB reported by the driver × ${OF_REPORTED}`,
    );
  return estimatedFrom(memoryGb * GIB * OF_LABEL, `${memoryGb} GB on the label read as GiB × ${OF_LABEL}`);
};

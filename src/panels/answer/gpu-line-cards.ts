import { usableMemory } from "#calc/card/usable-memory.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GpuFacts } from "#catalog/gpu-row.ts";
import type { OtherCapacity } from "#charts/gpu-lines.ts";

/** The card that stands for each size on the axis: a common one, so that a line does not jump when the whole catalog arrives. */
const STANDS_FOR: Readonly<Record<number, string>> = {
  8: "rtx-4060",
  12: "rtx-3060-12gb",
  16: "rtx-4080",
  24: "rtx-4090",
  32: "rtx-5090",
  48: "rtx-a6000",
  80: "h100-sxm",
  96: "rtx-pro-6000-ws",
  141: "h200-sxm",
  192: "b200",
};

const rowOf = (gpus: Catalog["gpus"], size: number, id: string): GpuFacts | undefined =>
  gpus[id] ?? Object.values(gpus).find((row) => row.memoryGb === size && row.vendor === "NVIDIA");

const capacityOf = (size: number, row: GpuFacts): OtherCapacity => ({
  memoryGb: size,
  label: `${size}\u00a0GB`,
  bytes: usableMemory(row).usableBytes,
});

/** The capacities that other cards' lines stand at, one a size on the box; without the chosen card's own size. */
export const gpuLineCards = (gpus: Catalog["gpus"], chosenMemoryGb: number): readonly OtherCapacity[] =>
  Object.entries(STANDS_FOR).flatMap(([key, id]) => {
    const size = Number(key);
    const row = size === chosenMemoryGb ? undefined : rowOf(gpus, size, id);
    return row === undefined ? [] : [capacityOf(size, row)];
  });

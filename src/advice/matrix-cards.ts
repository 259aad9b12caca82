import { usableMemory } from "#calc/card/usable-memory.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/answer-gpu.ts";
import type { GpuChoice } from "#scenario/choices.ts";

/** A column of the matrix: a card, and what programs can have of it. */
export type MatrixCard = Readonly<{
  /** What a click chooses. */
  gpu: GpuChoice;
  shortName: string;
  memoryGb: number;
  usableBytes: number;
  chosen: boolean;
}>;

/** A useful dozen, one a size from 8 to 288 GB, with one where two are common: what can be bought, rented and had for free. */
const USUAL = [
  "rtx-4060",
  "rtx-3060-12gb",
  "t4",
  "rtx-4080",
  "rtx-4090",
  "rtx-5090",
  "a100-40gb-sxm",
  "rtx-a6000",
  "h100-sxm",
  "rtx-pro-6000-ws",
  "h200-sxm",
  "b200",
] as const;

const cardOf = (id: string, catalog: Catalog, chosen: boolean): readonly MatrixCard[] => {
  const row = catalog.gpus[id];
  if (row === undefined) return [];
  const { shortName, memoryGb } = row;
  return [{ gpu: { kind: "catalog", id }, shortName, memoryGb, usableBytes: usableMemory(row).usableBytes, chosen }];
};

/**
 * The cards of the matrix, smallest first: the chosen one and a useful dozen, or the whole catalog.
 *
 * @param chosen is among them whatever it is
 */
export const matrixCards = (chosen: GpuChoice, catalog: Catalog, every: boolean): readonly MatrixCard[] => {
  const { id, shortName, memoryGb, usableBytes } = answerGpu(chosen, catalog);
  const others = (every ? Object.keys(catalog.gpus) : USUAL).filter((other) => other !== id);
  return [
    { gpu: chosen, shortName, memoryGb, usableBytes, chosen: true },
    ...others.flatMap((other) => cardOf(other, catalog, false)),
  ].toSorted((one, other) => one.usableBytes - other.usableBytes);
};

// GPUs that the matrix of methods and GPUs has as its columns.

import type { CardTraits } from "#catalog/gpu-support.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { answerGpu } from "#scenario/choices/chosen-gpu.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";

/** A column of the matrix: a card, and what programs can have of it. */
export type MatrixCard = Readonly<{
  /** What a click chooses. */
  gpu: GpuChoice;
  shortName: string;
  memoryGb: number;
  usableBytes: number;
  /** Whether host and card have one memory, so that nothing can be moved out of it. */
  unified: boolean;
  traits: CardTraits;
  chosen: boolean;
}>;

/** A useful dozen, one a size from 8 GB on, two where both are common: what can be bought, rented and had for free. */
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

const cardOf = (gpu: GpuChoice, catalog: Catalog, chosen: boolean): MatrixCard => {
  const { shortName, memoryGb, usableBytes, basis, traits } = answerGpu(gpu, catalog);
  return { gpu, shortName, memoryGb, usableBytes, unified: basis.of === "unified", traits, chosen };
};

/**
 * The cards of the matrix, smallest first: the chosen one and a useful dozen, or the whole catalog.
 *
 * @param chosen is among them whatever it is
 */
export const matrixCards = (chosen: GpuChoice, catalog: Catalog, every: boolean): readonly MatrixCard[] => {
  const { id } = answerGpu(chosen, catalog);
  const ids = every ? Object.keys(catalog.gpus) : USUAL.filter((other) => Object.hasOwn(catalog.gpus, other));
  const others = ids.filter((other) => other !== id);
  return [
    cardOf(chosen, catalog, true),
    ...others.map((other) => cardOf({ kind: "catalog", id: other }, catalog, false)),
  ].toSorted((one, other) => one.usableBytes - other.usableBytes);
};

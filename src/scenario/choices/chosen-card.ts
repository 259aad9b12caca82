import { type CardTraits, cardTraits, TRAITS_OF_ANY } from "#catalog/card-traits.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { GpuChoice } from "#scenario/keys/values.ts";

/** What the chosen card decides; one that the catalog does not have, or of which only the memory is known, is as most are. */
export const chosenCard = (gpu: GpuChoice, { gpus }: Pick<Catalog, "gpus">): CardTraits => {
  const row = gpu.kind === "catalog" ? gpus[gpu.id] : undefined;
  return row === undefined ? TRAITS_OF_ANY : cardTraits(row);
};

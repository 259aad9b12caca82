import { ranksTogether } from "#calc/model/dividing-ranks.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { chosenDivision } from "#scenario/choices/chosen-division.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { RANGES } from "#scenario/keys/ranges.ts";
import { goesOn } from "./goes-on.ts";
import { onCount } from "./on-several.ts";
import { CARD_CANDIDATES, type FoundCard, smallestGpu } from "./smallest-gpu.ts";

/** The smallest card for a method, and how many of it; null where no number of any card is enough. */
export type SmallestCard = Readonly<{ method: MethodId; found: (FoundCard & { gpus: number }) | null }>;

/** Counts that are tried after the chosen one: one, two, four or eight of a machine, then whole machines of eight. */
const COUNTS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048, RANGES.gpus.max];

/**
 * The smallest card on which a method fits, everything else as it is: the fewest cards first (from the chosen number on, the model sharded over more, in multiples
 * of those that divide it), then the smallest. Where it fits on no number of any card, the first on which it may not fit. The cards are `CARD_CANDIDATES`.
 */
export const smallestCard = (choices: Choices, method: MethodId, catalog: Catalog): SmallestCard => {
  const division = chosenDivision(choices, chosenArchitecture(choices, catalog), method);
  const together = ranksTogether(division);
  const more = COUNTS.filter((count) => count > choices.gpus && count % together === 0);
  let close: SmallestCard["found"] = null;
  for (const gpus of [choices.gpus, ...more]) {
    const card = smallestGpu(CARD_CANDIDATES, goesOn({ ...onCount(choices, gpus), method }, catalog));
    if (card?.fit === "fits") return { method, found: { ...card, gpus } };
    if (card !== null) close ??= { ...card, gpus };
  }
  return { method, found: close };
};

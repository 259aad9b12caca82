import { availableOn } from "#scenario/choices/in-use.ts";
import { ranksTogether } from "#calc/model/dividing-ranks.ts";
import { asksFreeMemory } from "#calc/model/asks-free-memory.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { MethodId } from "#calc/model/scenario.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { askedDivision } from "#scenario/choices/asked-division.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-architecture.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { RANGES } from "#scenario/choices/ranges.ts";
import { onCount } from "./on-several.ts";
import { type CardCandidate, cardCandidates, usualCard } from "./smallest-gpu.ts";
import { type Trial, tryOut } from "./trial.ts";

/** The smallest card for a method, and how many of it; null where no number of any card is enough. */
export type SmallestCard = Readonly<{ method: MethodId; found: (CardCandidate & { gpus: number; fit: Fit }) | null }>;

/** Counts that are tried after the chosen one: one, two, four or eight of a machine, then whole machines of eight. */
const COUNTS = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048, RANGES.gpus.max];

/**
 * The smallest card on which a method fits or is tight, everything else as it is: the fewest cards first (from the chosen number on, the model sharded over
 * more, in multiples of those that divide it), then the smallest. Cards that advice may name: see `cardCandidates`.
 */
export const smallestCard = (choices: Choices, method: MethodId, catalog: Catalog): SmallestCard => {
  const candidates = cardCandidates(catalog.gpus);
  const usual = usualCard(catalog);
  const { division } = askedDivision(choices, chosenArchitecture(choices, catalog), method);
  const together = ranksTogether(division);
  const more = COUNTS.filter((count) => count > choices.gpus && count % together === 0);
  for (const gpus of [choices.gpus, ...more]) {
    const tryOn = (gpu: Choices["gpu"]): Trial => tryOut({ ...onCount(choices, gpus), method, gpu }, catalog);
    const trial = tryOn(usual);
    if (trial.lacks.length > 0) continue;
    const goesBySize = asksFreeMemory(trial.scenario.loss);
    for (const candidate of candidates) {
      const own = goesBySize ? tryOn({ kind: "catalog", id: candidate.id }) : trial;
      const available = availableOn(choices, candidate.usableBytes);
      if (own.taken.goesWith(available))
        return { method, found: { ...candidate, gpus, fit: own.taken.fitWith(available) } };
    }
  }
  return { method, found: null };
};

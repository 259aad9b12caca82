import { once } from "#calc/base/once.ts";
import { asksFreeMemory } from "#calc/model/asks-free-memory.ts";
import type { Fit } from "#calc/model/memory-estimate.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { availableOn } from "#scenario/choices/in-use.ts";
import { type CardCandidate, usualCard } from "./smallest-gpu.ts";
import { type Trial, tryOut } from "./trial.ts";

/**
 * How the method in focus of some choices goes on each card that an answer may name. One run of the engine stands for all of them, as what runs is the same there;
 * each has its own where a loss goes by the card's free memory.
 */
export const goesOn = (choices: Choices, catalog: Catalog): ((card: CardCandidate) => Fit) => {
  const tryOn = (gpu: Choices["gpu"]): Trial => tryOut({ ...choices, gpu }, catalog);
  const ofAll = once(() => tryOn(usualCard(catalog)));
  return ({ id, usableBytes }) => {
    const { lacks, scenario } = ofAll();
    if (lacks.length > 0) return "cannot-run";
    const { taken } = asksFreeMemory(scenario.loss) ? tryOn({ kind: "catalog", id }) : ofAll();
    return taken.fitWith(availableOn(choices, usableBytes));
  };
};

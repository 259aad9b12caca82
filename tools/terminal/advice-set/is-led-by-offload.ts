import type { QuickAdvice } from "#advice/advise.ts";
import { PRICE_GROUPS } from "#advice/prices.ts";
import { runToEnd } from "#advice/trial.ts";
import { smallestSet } from "#advice/change-offers.ts";
import { groupOf, turnKnobs } from "#advice/knob-search.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";

const WITHOUT_OFFLOAD = PRICE_GROUPS.filter((group) => group !== "offload");

/** Whether the set moves parameters or states to the host where other changes would do. */
export const isLedByOffload = ({ start, knobs, smallestSet: set }: QuickAdvice): boolean => {
  if (set === null || set.knobs.every((knob) => groupOf(knob) !== "offload")) return false;
  const isAnother = knobs.some(({ knob, trial }) => groupOf(knob) !== "offload" && trial.card.headroomBytes >= 0);
  if (isAnother) return true;
  const turned = runToEnd(turnKnobs(start, FULL_CATALOG));
  return runToEnd(smallestSet(start, turned, { catalog: FULL_CATALOG, groups: WITHOUT_OFFLOAD })) !== null;
};

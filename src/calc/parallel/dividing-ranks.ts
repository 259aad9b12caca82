import type { Scenario } from "#calc/scenario.ts";

/** GPUs that have one model among them: tensor × context × pipeline; 1 where each has all of it. */
export const dividingRanks = (division: Scenario["division"]): number =>
  division === undefined ? 1 : division.tp_size * division.cp_size * division.pp_size;

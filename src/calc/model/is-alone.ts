import type { Scenario } from "./scenario.ts";

/** One GPU shares with nobody: every strategy is none. */
export const isAlone = ({ gpus, sharding, offload, division }: Scenario): boolean =>
  (gpus === 1 || sharding === "none") && offload === "none" && division === undefined;

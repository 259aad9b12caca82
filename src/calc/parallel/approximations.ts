import type { Scenario } from "#calc/scenario.ts";
import { effectiveSharding } from "./sharding.ts";

/** What is not exact about more than one GPU and about offloading, in words for the page. */
export const parallelApproximations = (scenario: Scenario): readonly string[] => {
  const words: string[] = [];
  const sharding = effectiveSharding(scenario);
  if (sharding !== "none")
    words.push(
      "More than one GPU: parts are divided evenly over the ranks; communication buffers beyond the gathered unit are left out.",
    );
  if (scenario.offload !== "none")
    words.push("Offloading: what moves to the host is taken as gone from the card; staging buffers are left out.");
  return words;
};

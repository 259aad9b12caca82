import type { Scenario } from "#calc/model/scenario.ts";

/** A scenario on a machine whose GPU has no memory of its own (Apple, DGX Spark, Strix Halo): what is moved to the host stays in the same memory. */
export const inOnePool = (scenario: Scenario): Scenario => ({
  ...scenario,
  offload: "none",
  checkpointsOffloaded: false,
  savedTensorsOffloaded: false,
});

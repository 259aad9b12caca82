import type { Scenario } from "#calc/model/scenario.ts";

/**
 * The scenario with the strategy that it comes down to. One GPU shards nothing. Where parameters are offloaded: without sharding each GPU runs as one rank of
 * FSDP2 does; ZeRO becomes stage 3, the only stage that can offload parameters.
 */
export const effectiveScenario = (scenario: Scenario): Scenario => {
  const { gpus, sharding, offload } = scenario;
  if (offload !== "all") return gpus === 1 ? { ...scenario, sharding: "none" } : scenario;
  if (gpus === 1 || sharding === "none" || sharding === "ddp") return { ...scenario, gpus: 1, sharding: "fsdp2" };
  return sharding === "zero1" || sharding === "zero2" ? { ...scenario, sharding: "zero3" } : scenario;
};

import type { Scenario } from "#calc/model/scenario.ts";

/**
 * The scenario with the strategy that it comes to. A GPU alone, or each of several that share nothing, keeps its parameters in host memory as FSDP2
 * does with one rank; of DeepSpeed's stages only the third can.
 */
export const effectiveScenario = (scenario: Scenario): Scenario => {
  const { gpus, sharding, offload } = scenario;
  if (offload !== "all") return gpus === 1 ? { ...scenario, sharding: "none" } : scenario;
  if (gpus === 1 || sharding === "none" || sharding === "ddp") return { ...scenario, gpus: 1, sharding: "fsdp2" };
  return sharding === "zero1" || sharding === "zero2" ? { ...scenario, sharding: "zero3" } : scenario;
};

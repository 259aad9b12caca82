import { bytesPerParameter } from "#calc/dtype.ts";
import type { Machine } from "#calc/machine.ts";
import { computeScenario, storageScenario } from "#calc/parallel/sharding.ts";
import { adapterFormat } from "#calc/weights/adapter-format.ts";
import type { Scenario } from "#calc/scenario.ts";
import { ELEMENT_BYTES } from "#calc/tape/element.ts";
import { type StepOptions, stepOptionsOf } from "./step-options.ts";

/** Which share of a gradient stays on the GPU, in the type that the scenario wants it in: a gradient of the tape has its parameter's. */
const gradientShareOf = (scenario: Scenario, options: StepOptions, shards: number): number => {
  const { gradients, method, weights } = storageScenario(scenario);
  const format = gradients ?? (method.kind === "full" ? weights : adapterFormat(method));
  const element = method.kind === "full" ? options.weights : options.adapters;
  return bytesPerParameter(format) / ELEMENT_BYTES[element] / shards;
};

/** What the tape runs for a scenario on a machine, where gradients are divided over so many ranks. */
export const tapeOptionsOf = (scenario: Scenario, machine: Machine, gradientShards: number): StepOptions => {
  const options = stepOptionsOf(computeScenario(scenario), !machine.gradientsAddInPlace);
  return { ...options, gradientShare: gradientShareOf(scenario, options, gradientShards) };
};

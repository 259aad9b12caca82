import { addParallel } from "./parallel.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { holdingsAlone } from "#calc/step/holdings.ts";
import { stepOptionsOf, elementOf } from "#calc/step/step-options.ts";
import { shardedTensors } from "./sharded-tensors.ts";
import { adapterFormat } from "#calc/weights/adapter-format.ts";

addParallel({
  holdings: (input) => {
    const { scenario, base, adapters } = input;
    return holdingsAlone({ ...input, scenario, base: shardedTensors(base, scenario.gpus), adapters: shardedTensors(adapters, scenario.gpus) });
  },
  tapeOptions: (scenario, machine) => {
    const options = stepOptionsOf(scenario, !machine.gradientsAddInPlace);
    return { ...options, weights: "bf16", adapters: "bf16", ranks: { strategy: "fsdp2", ranks: scenario.gpus, reshardsAfterForward: scenario.fsdp?.reshardsAfterForward ?? true, reduce: scenario.fsdp?.reduce ?? "bf16", stored: { weights: options.weights, adapters: scenario.method.kind === "full" ? options.weights : elementOf(adapterFormat(scenario.method)) }, onHost: false } };
  },
  hooks: fsdp2Hooks,
});

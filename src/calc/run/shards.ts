// Sharded ranks outside the step: loading and gathering of shards, and the device after a step.

import { needsNoStrategy } from "#calc/model/division.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { allocated, sum } from "#calc/base/bytes.ts";
import { bytesPerParameter, type ParameterFormat } from "#calc/base/dtypes.ts";
import type { Machine } from "#calc/base/machine.ts";
import { holdingsOf, stepInputOf } from "#calc/step/gpu-holdings.ts";
import type { Workings } from "#calc/step/workings.ts";
import { createDevice, type DeviceMoment, type DeviceMemory } from "./device-memory.ts";
import { loadModel } from "./load-model.ts";
import { WEIGHTS } from "./quantization.ts";
import type { ModelOfRun, PlacedModule } from "./model-modules.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { ADAPTERS } from "./peft-preparation.ts";

/** Whether transformers 5 runs it on one GPU, with nothing in host memory: what the rows of `whole-run-reference.jsonl` show. */
export const isStockTransformers = (scenario: Scenario): boolean =>
  scenario.modelling === "transformers" && needsNoStrategy(scenario);

/** A scenario that ranks share, and its model. */
export type Shared = Readonly<{ scenario: Scenario; machine: Machine; model: ModelOfRun }>;

/** Whether each rank keeps a shard of every parameter. */
export const isSharded = ({ sharding }: Scenario): boolean => ["fsdp1", "fsdp2", "zero3"].includes(sharding);

type Tensors = PlacedModule["plan"]["base"];

const tensorsOf = ({ plan }: PlacedModule): Tensors => [
  ...plan.base,
  ...plan.copies,
  ...plan.adapters.flatMap(({ tensors }) => tensors),
];

const wholeBytes = (tensors: Tensors, weights: ParameterFormat): readonly number[] =>
  tensors.map(({ origin, elements, format }) =>
    allocated(elements * bytesPerParameter(origin === "base" ? weights : format)),
  );

/** Modules that are whole together: those of one layer, and all that stand outside layers. */
const unitsOf = (modules: readonly PlacedModule[]): readonly (readonly PlacedModule[])[] => {
  const places = [...new Set(modules.map(({ place }) => place))];
  // The units inside come before the root, which is around them.
  return [...places.filter((place) => place !== ""), ""].map((place) =>
    modules.filter((module) => module.place === place),
  );
};

/**
 * What is whole on a rank at once, one after the other, where parameters are made or gathered outside a step: FSDP 2: a parameter. FSDP 1: a unit, and its
 * flattened or cloned copy. ZeRO-3: the parameters of one module.
 *
 * @see accelerate 1.15, utils/fsdp_utils.py, `fsdp2_load_full_state_dict`; torch/distributed/fsdp/_init_utils.py (`sync_module_states`), _state_dict_utils.py,
 * `_full_post_state_dict_hook`; deepspeed/runtime/engine.py, `_zero3_consolidated_16bit_state_dict`
 */
export const gatheredAtOnce = ({ scenario, model }: Shared, weights: ParameterFormat): readonly number[] => {
  const { modules } = model;
  switch (scenario.sharding) {
    case "fsdp2":
      return modules.flatMap((module) => wholeBytes(tensorsOf(module), weights));
    case "fsdp1":
      return unitsOf(modules).map((unit) => 2 * sum(wholeBytes(unit.flatMap(tensorsOf), weights)));
    case "zero3":
      return modules.map((module) => sum(wholeBytes(tensorsOf(module), weights)));
    case "none":
    case "ddp":
    case "zero1":
    case "zero2":
      return [];
    default:
      return scenario.sharding satisfies never;
  }
};

/** The type that shards of the base are kept in. */
export const storedFormat = (workings: Workings, { scenario, machine }: Shared): ParameterFormat =>
  holdingsOf(workings, stepInputOf(workings, scenario, machine)).kept.scenario.weights;

/**
 * A rank that keeps shards has more than its shards while it loads: what is whole at once, after the shards that were made before. Of a quantised base every rank
 * loads all first. Read, not run.
 */
export const loadShards = (workings: Workings, shared: Shared): DeviceMoment => {
  const { scenario, machine, model } = shared;
  const { weights, adapters } = holdingsOf(workings, stepInputOf(workings, scenario, machine));
  const stays = weights.bytes + adapters.bytes;
  const device = createDevice();
  if (scenario.method.kind === "qlora") {
    const whole = device.allocateBlocks("the whole model", loadModel(model, scenario, machine).endMoment().peakBytes);
    device.free(whole);
    device.allocateBlocks(WEIGHTS, stays);
    return device.endMoment();
  }
  const whole = gatheredAtOnce(
    shared,
    scenario.sharding === "fsdp2" ? storedFormat(workings, shared) : scenario.weights,
  );
  const all = sum(whole);
  let read = 0;
  let kept = 0;
  for (const size of whole) {
    read += size;
    // Parameters without bytes are there at once: only adapters stay.
    const next = all === 0 ? stays : Math.floor((stays * read) / all);
    const gathered = device.allocateBlocks("whole parameters", size);
    device.allocateBlocks(WEIGHTS, next - kept);
    device.free(gathered);
    kept = next;
  }
  return device.endMoment();
};

/** The scenario of a rank, and the answer to the whole one. */
type Stepped = Readonly<{ scenario: Scenario; machine: Machine; step: MemoryEstimate }>;

/** What is there between steps beside parameters and states: buffers, the last batch, workspaces, tables of quantised matrices. */
const REST = "buffers, batch, workspaces";

/** A device as a step leaves it: weights, adapters, optimizer states, and the rest; gradients are gone. */
export const deviceAfterStep = (workings: Workings, { scenario, machine, step }: Stepped): DeviceMemory => {
  const { weights, adapters, optimizer } = holdingsOf(workings, stepInputOf(workings, scenario, machine));
  const parts = { [WEIGHTS]: weights.bytes, [ADAPTERS]: adapters.bytes, optimizer: optimizer.bytes };
  const device = createDevice();
  let rest: number = step.moments.at(-1)?.liveBytes ?? step.peakBytes;
  for (const [name, size] of Object.entries(parts)) {
    const held = device.allocateBlocks(name, Math.min(size, rest));
    rest -= held.bytes;
  }
  device.allocateBlocks(REST, rest);
  device.endMoment();
  return device;
};

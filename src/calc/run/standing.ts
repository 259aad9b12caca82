import type { Machine } from "#calc/base/machine.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { holdingsOf, stepInputOf } from "#calc/step/holdings-of.ts";
import type { Workings } from "#calc/step/workings.ts";
import { createDevice, type DeviceMemory } from "./device-memory.ts";
import { WEIGHTS } from "./quantize.ts";
import { ADAPTERS } from "./wrap.ts";

/** The scenario of a rank, and the answer to the whole one. */
type Stepped = Readonly<{ scenario: Scenario; machine: Machine; step: MemoryEstimate }>;

/** What is there between steps beside parameters and states: buffers, the last batch, workspaces, tables of quantised matrices. */
const REST = "buffers, batch, workspaces";

/** A device as a step leaves it: weights, adapters, optimizer states, and the rest; gradients are gone. */
export const afterStep = (workings: Workings, { scenario, machine, step }: Stepped): DeviceMemory => {
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

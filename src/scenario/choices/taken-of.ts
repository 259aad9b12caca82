import type { Bytes } from "#calc/base/quantity.ts";
import { type Taken, takenByReplay, takenByRule } from "#calc/card/taken.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";

/** What a scenario takes on a card of a kind: by a replay where PyTorch's allocator is that of CUDA or ROCm. @param peakBytes of its estimate */
export const takenOf = (scenario: Scenario, peakBytes: Bytes, { cachingAllocator }: CardTraits): Taken => {
  const { gpus } = scenario;
  return cachingAllocator
    ? takenByReplay({ peakBytes, gpus, reservationOf: () => ENGINE.reservation(scenario) })
    : takenByRule(peakBytes, gpus);
};

/** By what the figures of a scenario go on a card: the basis that its estimate has. */
export const basisOf = (scenario: Scenario, { cachingAllocator }: CardTraits): MemoryEstimate["basis"] =>
  cachingAllocator && ENGINE.reservation(scenario) !== null ? "replay" : "rule";

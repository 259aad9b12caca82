import type { Bytes } from "#calc/base/quantity.ts";
import { type Taken, takenByReplay, takenByRule } from "#calc/card/taken.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/card-traits.ts";

/** Whether PyTorch's allocator is replayed: on one GPU of a kind that has it. Of several, streams would have to be known; a rule of thumb says nothing of tensors. */
const isReplayed = ({ gpus, accounting }: Scenario, { cachingAllocator }: CardTraits): boolean =>
  gpus === 1 && accounting === "training-step" && cachingAllocator;

/** What a scenario takes on a card of a kind. @param peakBytes of its estimate */
export const takenOf = (scenario: Scenario, peakBytes: Bytes, traits: CardTraits): Taken =>
  isReplayed(scenario, traits)
    ? takenByReplay(peakBytes, () => ENGINE.reservation(scenario))
    : takenByRule(peakBytes, scenario.gpus);

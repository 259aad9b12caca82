// GPU memory available to a run, reserved by vLLM, and taken by a scenario.

import { type Bytes, bytes, GIB } from "#calc/base/bytes.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { type CardUse, cardUseByReplay, cardUseByRule } from "#calc/card/card-use.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import type { CardTraits } from "#catalog/gpu-support.ts";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";

/** The choices that say what of a card is not the run's. */
type Used = Pick<Choices, "used" | "objective" | "engine" | "vllm" | "sleep">;

/**
 * The share of a card that vLLM declares as its own beside a step of GRPO (`vllm_gpu_memory_utilization`). In sleep mode it gives it back while a step runs.
 *
 * @see trl 1.16, trainer/grpo_config.py; vllm, `gpu_memory_utilization`
 */
export const vllmShare = ({ objective, engine, vllm, sleep }: Omit<Used, "used">): number =>
  objective === "grpo" && engine === "vllm-colocate" && !sleep ? vllm : 0;

/** What that is of a card. Declared, not counted. */
export const vllmReservedBytes = (choices: Omit<Used, "used">, usableBytes: number): Bytes =>
  bytes(Math.round(vllmShare(choices) * usableBytes));

/** What a run can have of a card: usable memory, less what is in use and what an engine beside it has declared. */
export const availableCardBytes = (choices: Used, usableBytes: number): Bytes =>
  bytes(usableBytes - Math.round(choices.used * GIB) - vllmReservedBytes(choices, usableBytes));

/** What a scenario takes on a card of a kind: by a replay where PyTorch's allocator is that of CUDA or ROCm. @param peakBytes of its estimate */
export const cardMemoryOf = (scenario: Scenario, peakBytes: Bytes, { cachingAllocator }: CardTraits): CardUse => {
  const { gpus } = scenario;
  return cachingAllocator
    ? cardUseByReplay({ peakBytes, gpus, reservationOf: () => ENGINE.reservation(scenario) })
    : cardUseByRule(peakBytes, gpus);
};

/** By what the figures of a scenario go on a card: the basis that its estimate has. */
export const estimateBasis = (scenario: Scenario, { cachingAllocator }: CardTraits): MemoryEstimate["basis"] =>
  cachingAllocator && ENGINE.reservation(scenario) !== null ? "replay" : "rule";

import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import type { AllocatorSettings } from "./allocator-settings.ts";
import { mostSteps } from "./most-steps.ts";
import { type OutOfMemory, replayParts } from "./replay-parts.ts";
import type { AllocatorRun } from "./run.ts";

/** What was seen of a replay. */
export type Replayed = Readonly<{
  /** The most that storages took: `torch.cuda.max_memory_allocated()`. */
  allocatedPeak: number;
  /** The most that was held for them: `torch.cuda.max_memory_reserved()`. */
  reservedPeak: number;
  /** What is held after the last step: `torch.cuda.memory_reserved()`. */
  reserved: number;
  /** How often all that was cached was given back because memory was short: `num_alloc_retries`. */
  retries: number;
  /** Steps that were replayed, the first one included; more would show nothing new, where lengths are constant. */
  steps: number;
  /** The least that would have been reserved in all by a request that the device refused; infinite where it refused none. */
  leastRefused: number;
  outOfMemory: OutOfMemory | null;
}>;

/**
 * A run through PyTorch's caching allocator: loading and steps, until a step ends as an earlier one did (where lengths are constant) or each was run once.
 *
 * Not here: private pools of CUDA graphs and of `torch.cuda.MemPool`, `roundup_power2_divisions`, what cudaMalloc itself rounds or loses.
 */
export const replay = (run: AllocatorRun, settings: AllocatorSettings): Replayed => {
  const { underWay, last, outOfMemory } = replayParts(run, settings, mostSteps(run));
  const { allocatedPeak, reservedPeak, reserved, retries, leastRefused } = underWay.allocator;
  return {
    allocatedPeak: allocatedPeak * BLOCK_BYTES,
    reservedPeak: reservedPeak * BLOCK_BYTES,
    reserved: reserved * BLOCK_BYTES,
    retries,
    steps: last,
    leastRefused: leastRefused * BLOCK_BYTES,
    outOfMemory,
  };
};

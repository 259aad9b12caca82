import { DEFAULT_ALLOCATOR_SETTINGS } from "#calc/allocator/allocator.ts";
import { replay } from "#calc/allocator/replay.ts";
import type { Bytes } from "#calc/base/bytes.ts";
import { contextAndNcclBytes } from "#calc/card/fit.ts";
import { type MemoryEstimate, estimated } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";

/** No model and no card goes further. */
const LIMIT_TOKENS = 2 ** 24;

/** The largest number from `fits` to before `over` that goes, where all below it do; `fits` itself where none does. */
const largest = (goes: (tokens: number) => boolean, fits: number, over: number): number => {
  let [low, high] = [fits, over];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (goes(middle)) low = middle;
    else high = middle;
  }
  return low;
};

/**
 * The longest sequence of which the run goes on the card; 0 where none does. Where the allocator can be replayed: the longest that goes on in the memory that
 * is there beside what is not the allocator's. Elsewhere by the rule for what must be on the card, tight or not.
 */
export const longestContext = (scenario: Scenario, availableBytes: Bytes): number => {
  const at = (sequence_length: number): Scenario => ({ ...scenario, sequence_length });
  const limitBytes = availableBytes - contextAndNcclBytes(scenario.gpus);
  const byEstimate = (goes: (estimate: MemoryEstimate) => boolean): number =>
    largest((tokens) => goes(estimated(ENGINE.estimate(at(tokens)))), 0, LIMIT_TOKENS);
  if (ENGINE.allocatorRun(scenario) === null) return byEstimate(({ onCardBytes }) => onCardBytes <= availableBytes);
  const goesOn = (tokens: number): boolean => {
    const run = ENGINE.allocatorRun(at(tokens));
    return run !== null && replay(run, { ...DEFAULT_ALLOCATOR_SETTINGS, limitBytes }).outOfMemory === null;
  };
  // No run goes on with less than its peak.
  return largest(goesOn, 0, byEstimate(({ peakBytes }) => peakBytes <= limitBytes) + 1);
};

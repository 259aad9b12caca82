import { assert } from "#calc/base/assert.ts";
import type { MemoryEstimate } from "./memory-estimate.ts";
import type { Refusal } from "./refusal.ts";

/**
 * The estimate, for a caller whose scenarios name nothing that the engine does not know: choices were parsed against the same lists.
 *
 * @throws Error with the refusal's sentence when it was refused nonetheless
 */
export const estimated = (answer: MemoryEstimate | Refusal): MemoryEstimate => {
  assert(!("refused" in answer), "refused" in answer ? answer.sentence : "");
  return answer;
};

import { bytes } from "#calc/base/bytes.ts";
import type { Moment } from "#calc/model/memory-estimate.ts";

/**
 * The moments of the first step, from those of the second. The optimizer allocates its states in its first step, so that the first forward and backward
 * run without them. That is why a run can fail for lack of memory in its second step, after a first one that fitted.
 *
 * @see torch/optim/adam.py, `_init_group`
 */
export const firstStep = (moments: readonly Moment[]): readonly Moment[] =>
  moments.map((moment) => {
    const { id, liveBytes, peakBytes, terms } = moment;
    if (id === "load" || id === "step" || id === "zero") return moment;
    const { optimizer } = terms;
    return {
      ...moment,
      liveBytes: bytes(liveBytes - optimizer),
      peakBytes: bytes(peakBytes - optimizer),
      terms: { ...terms, optimizer: bytes(0) },
    };
  });

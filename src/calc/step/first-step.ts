import { bytes } from "#calc/base/quantity.ts";
import type { Moment } from "#calc/model/memory-estimate.ts";

/**
 * The first step, from the second: optimizer states appear in its optimizer's step, so that what runs before it runs without them. An out-of-memory
 * error in the second step is no wonder after a first one that ran.
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

import type { MomentId } from "#calc/model/memory-estimate.ts";

/** A moment of the second step, as far as the first differs from it. */
type StepMoment = Readonly<{
  id: MomentId;
  liveBytes: number;
  peakBytes: number;
  terms: Readonly<{ optimizer: number }>;
}>;

/**
 * The first step, from the second: optimizer states appear in its optimizer's step, so that what runs before it runs without them. An out-of-memory
 * error in the second step is no wonder after a first one that ran.
 *
 * @see torch/optim/adam.py, `_init_group`
 */
export const firstStep = <Of extends StepMoment>(moments: readonly Of[]): readonly Of[] =>
  moments.map((moment) => {
    const { id, liveBytes, peakBytes, terms } = moment;
    if (id === "load" || id === "step" || id === "zero") return moment;
    const { optimizer } = terms;
    return {
      ...moment,
      liveBytes: liveBytes - optimizer,
      peakBytes: peakBytes - optimizer,
      terms: { ...terms, optimizer: 0 },
    };
  });

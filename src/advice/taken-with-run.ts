import { bytes } from "#calc/base/quantity.ts";
import { once } from "#calc/base/once.ts";
import { type Taken, takenByRule } from "#calc/card/taken.ts";
import { estimated } from "#calc/model/estimated.ts";
import type { RunFit } from "#calc/model/memory-estimate.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { wholeRun } from "#calc/whole-run.ts";
import { askedRun } from "#scenario/choices/asked-run.ts";
import type { Choices } from "#scenario/choices/choices.ts";

/** From the best to the worst. */
const FITS: readonly RunFit[] = ["fits", "tight", "over"];

const worse = (one: RunFit, other: RunFit): RunFit => (FITS.indexOf(one) > FITS.indexOf(other) ? one : other);

/**
 * What a method takes of a card with the moments that its choices ask for outside the training step: the step and the highest of them, each has to fit. The
 * step's alone where none is asked for. As `runAnswer` has it.
 *
 * @param ofStep what the training step takes
 */
export const takenWithRun = (choices: Choices, scenario: Scenario, ofStep: Taken): Taken => {
  const asked = askedRun(choices, scenario);
  if (asked === null) return ofStep;
  const ofRun = once((): Taken => {
    const step = estimated(ENGINE.estimate(scenario));
    const { moments } = wholeRun(ENGINE, { scenario, step, asked });
    const highest = Math.max(0, ...moments.map(({ id, peakBytes }) => (id === "step" ? 0 : peakBytes)));
    return highest === 0 ? ofStep : takenByRule(bytes(highest), scenario.gpus);
  });
  return {
    get leastBytes() {
      return bytes(Math.max(ofStep.leastBytes, ofRun().leastBytes));
    },
    goesWith: (availableBytes) => ofRun().goesWith(availableBytes) && ofStep.goesWith(availableBytes),
    fitWith: (availableBytes) => worse(ofRun().fitWith(availableBytes), ofStep.fitWith(availableBytes)),
    onCard: (availableBytes) => {
      const [step, run] = [ofStep.onCard(availableBytes), ofRun().onCard(availableBytes)];
      return run.onCardBytes > step.onCardBytes ? run : step;
    },
  };
};

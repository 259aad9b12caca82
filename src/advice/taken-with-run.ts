import { type Bytes, bytes } from "#calc/base/quantity.ts";
import { once } from "#calc/base/once.ts";
import { fitOnCard } from "#calc/card/fit-on-card.ts";
import { type Taken, takenByRule } from "#calc/card/taken.ts";
import type { OnCard, RunFit } from "#calc/model/memory-estimate.ts";
import { isWorseFit } from "#scenario/choices/is-worse.ts";
import { type AskedWholeRun, highestOutside } from "./run-of.ts";

const worse = (one: RunFit, other: RunFit): RunFit => (isWorseFit(one, other) ? one : other);

/**
 * What a method takes of a card with the moments that its choices ask for outside the training step: the step and the highest of them, each has to fit. The
 * step's alone where none is asked for. As `runAnswer` has it. The run is asked where the step's peak does not say alone that it is too much, and before the
 * step's allocator is replayed. Whether the step goes with what the highest of them takes is asked in place of what it takes: that is a search.
 *
 * @param ofStep what the training step takes
 */
export const takenWithRun = (run: AskedWholeRun, gpus: number, ofStep: Taken): Taken => {
  if (run === null) return ofStep;
  const ofRun = once((): Taken => {
    const highest = highestOutside(run());
    return highest === null ? ofStep : takenByRule(highest.peakBytes, gpus);
  });
  const onCard = (availableBytes?: Bytes): OnCard => {
    const outside = ofRun().onCard(availableBytes);
    return ofStep.goesWith(outside.onCardBytes) ? outside : ofStep.onCard(availableBytes);
  };
  return {
    get leastBytes() {
      return bytes(Math.max(ofStep.leastBytes, ofRun().leastBytes));
    },
    goesWith: (availableBytes) =>
      ofStep.leastBytes <= availableBytes && ofRun().goesWith(availableBytes) && ofStep.goesWith(availableBytes),
    fitWith: (availableBytes) => {
      if (ofStep.leastBytes > availableBytes) return "over";
      return worse(ofRun().fitWith(availableBytes), ofStep.fitWith(availableBytes));
    },
    cardWith: (availableBytes) => {
      const [step, outside] = [ofStep.fitWith(availableBytes), ofRun().fitWith(availableBytes)];
      // Step and moments have limits of their own: the one with more bytes may fit where the other may not.
      if (step !== outside) return (isWorseFit(step, outside) ? ofStep : ofRun()).cardWith(availableBytes);
      return fitOnCard(onCard(), availableBytes);
    },
    onCard,
  };
};

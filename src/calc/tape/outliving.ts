import { release } from "./ledger.ts";
import { releaseByLayer } from "./release-by-layer.ts";
import type { Tape, Tensor } from "./tape.ts";

/** A variable of the loop holds the tensor until the next step's takes the name. */
export const outlive = ({ tape, storage }: Tensor): void => {
  if (tape.outliving === null) return;
  storage.holders++;
  tape.outliving.push({ storage, segment: tape.segment, microStep: tape.microStep });
};

/** The loop's variable takes the next step's value: what it held of a step before goes, and the graph behind it. */
export const endEarlierSteps = (tape: Tape): void => {
  const { outliving, microStep } = tape;
  if (outliving === null) return;
  const earlier = outliving.filter((held) => held.microStep < microStep);
  tape.outliving = outliving.filter((held) => held.microStep === microStep);
  releaseByLayer("turn")(tape, earlier, ({ storage }) => release(tape.ledger, storage));
};

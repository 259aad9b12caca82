import { release } from "./ledger/storages.ts";
import type { Storage } from "./ledger/ledger.ts";
import { releaseByLayer } from "./release-by-layer.ts";
import type { Loop, Outliving, Tape, Tensor } from "./tape.ts";
import type { Writable } from "./writable.ts";

export const createLoop = (keepsGraph: boolean): Loop => ({ outliving: keepsGraph ? [] : null });

const hold = (loop: Loop, outliving: readonly Outliving[] | null): void => {
  const told: Writable<Loop> = loop;
  told.outliving = outliving;
};

/**
 * A storage stays until the next step's graph takes the place of this one's; whether there is a loop that keeps it so
 * long.
 */
export const outliveBackward = ({ loop, position }: Tape, storage: Storage, layer: number): boolean => {
  if (loop.outliving === null) return false;
  storage.holders++;
  hold(loop, [...loop.outliving, { storage, layer, microStep: position.microStep }]);
  return true;
};

/** A variable of the loop holds the tensor until the next step's takes the name. */
export const outlive = ({ tape, storage }: Tensor): void => {
  outliveBackward(tape, storage, tape.position.layer);
};

/** The loop's variable takes the next step's value: what it held of a step before goes, and the graph behind it. */
export const endEarlierSteps = (tape: Tape): void => {
  const { loop, position, recorder } = tape;
  const { outliving } = loop;
  if (outliving === null) return;
  const earlier = outliving.filter(({ microStep }) => microStep < position.microStep);
  hold(
    loop,
    outliving.filter(({ microStep }) => microStep === position.microStep),
  );
  releaseByLayer("turn")(tape, earlier, ({ storage }) => release(recorder.ledger, storage));
};

// Storages that variables of the training loop hold beyond backward, until the next step.

import { release } from "./ledger/storages.ts";
import type { Storage } from "./ledger/ledger.ts";
import { releaseByLayer } from "./segments.ts";
import type { Loop, Outliving, Tape, Tensor } from "./tape.ts";
import type { Writable } from "./run-state.ts";

export const createLoop = (keepsGraph: boolean): Loop => ({ outliving: keepsGraph ? [] : null, attributes: [] });

const setOutliving = (loop: Loop, outliving: readonly Outliving[] | null): void => {
  const writable: Writable<Loop> = loop;
  writable.outliving = outliving;
};

/** Holds a storage until the next step's graph replaces this one. Returns false, and holds nothing, where no loop keeps a graph so long. */
export const holdBeyondBackward = ({ loop, position }: Tape, storage: Storage, layer: number): boolean => {
  if (loop.outliving === null) return false;
  storage.holders++;
  setOutliving(loop, [...loop.outliving, { storage, layer, microStep: position.microStep }]);
  return true;
};

const setAttributes = (loop: Loop, attributes: Loop["attributes"]): void => {
  const writable: Writable<Loop> = loop;
  writable.attributes = attributes;
};

/** Holds a storage until the graph of this forward goes, which the loop lets go of after backward. */
export const holdWithGraph = ({ loop, position: { layer, microStep } }: Tape, storage: Storage): void => {
  storage.holders++;
  setAttributes(loop, [...loop.attributes, { storage, layer, microStep }]);
};

/** The loop lets go of the loss, and so of the graph: what its nodes hold as attributes goes. */
export const releaseGraphOfStep = (tape: Tape): void => {
  const { attributes } = tape.loop;
  setAttributes(tape.loop, []);
  releaseByLayer("finish")(tape, attributes, ({ storage }) => release(tape.recorder.ledger, storage));
};

/** A variable of the training loop holds the tensor until the next step assigns to that variable. */
export const keepForNextStep = ({ tape, storage }: Tensor): void => {
  holdBeyondBackward(tape, storage, tape.position.layer);
};

/** This step assigns to the loop's variable: the storages of earlier steps that it held go, with the graph behind it. */
export const releaseEarlierSteps = (tape: Tape): void => {
  const { loop, position, recorder } = tape;
  const { outliving } = loop;
  if (outliving === null) return;
  const earlier = outliving.filter(({ microStep }) => microStep < position.microStep);
  setOutliving(
    loop,
    outliving.filter(({ microStep }) => microStep === position.microStep),
  );
  releaseByLayer("turn")(tape, earlier, ({ storage }) => release(recorder.ledger, storage));
};

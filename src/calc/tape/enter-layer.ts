import { beginSegment } from "./ledger/segments.ts";
import { moveTo } from "./position.ts";
import type { Tape } from "./tape.ts";

/** From here on the layer of that number runs (−1: what comes before the layers), of the pass that runs unless another is named: a segment of its own. */
export const enterLayer = (tape: Tape, layer: number, pass = tape.position.pass): void => {
  const { position, recorder, hooks } = tape;
  moveTo(position, { pass, layer });
  beginSegment(recorder.ledger, position);
  const host = hooks.activations?.host ?? null;
  if (host !== null) beginSegment(host, position);
};

import { beginSegment } from "./ledger/segments.ts";
import { moveTo } from "./position.ts";
import type { Tape } from "./tape.ts";

/**
 * Enters a layer: a segment begins in the ledgers of card and host. `layer`: −1 is what comes before the layers. `pass`: the running one,
 * unless another is named.
 */
export const enterLayer = (tape: Tape, layer: number, pass = tape.position.pass): void => {
  const { position, recorder, hooks, layers } = tape;
  if (layers.apart) return;
  moveTo(position, { pass, layer });
  beginSegment(recorder.ledger, position);
  const host = hooks.activations?.host ?? null;
  if (host !== null) beginSegment(host, position);
};

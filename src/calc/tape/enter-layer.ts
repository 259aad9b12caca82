import { beginSegment } from "./ledger.ts";
import type { Tape } from "./tape.ts";

/** From here on the layer of that number runs (−1: what comes before the layers): a segment of its own. */
export const enterLayer = (tape: Tape, layer: number): void => {
  tape.segment = layer;
  const next = { phase: tape.phase, microStep: tape.microStep, layer };
  beginSegment(tape.ledger, next);
  const host = tape.activations?.host ?? null;
  if (host !== null) beginSegment(host, next);
};

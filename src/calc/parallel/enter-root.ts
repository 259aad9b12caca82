import { beginSegment } from "#calc/tape/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** What follows belongs to what stands before the layers, as a callback at the end of backward does. */
export const enterRoot = (tape: Tape): void => {
  if (tape.segment === -1) return;
  tape.segment = -1;
  beginSegment(tape.ledger, { phase: tape.phase, microStep: tape.microStep, layer: -1 });
};

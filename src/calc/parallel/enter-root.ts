import { enterLayer } from "#calc/tape/enter-layer.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** What follows belongs to what stands before the layers, as a callback at the end of backward does. */
export const enterRoot = (tape: Tape): void => {
  if (tape.position.layer !== -1) enterLayer(tape, -1);
};

import { enterLayer } from "#calc/tape/enter-layer.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** Enters layer −1: what a callback at the end of backward does belongs to no layer. */
export const enterRoot = (tape: Tape): void => {
  if (tape.position.layer !== -1) enterLayer(tape, -1);
};

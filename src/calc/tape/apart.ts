import { addHooks } from "./hooks.ts";
import type { Tape } from "./tape.ts";
import type { Writable } from "./writable.ts";

/**
 * Runs a model beside the one that is trained, whose layers are not that one's: none begins a segment, or says whether layers are alike, and no hooks of ranks
 * know them. Restored, even if it throws.
 */
export const runApart = <T>(tape: Tape, body: () => T): T => {
  const layers: Writable<Tape["layers"]> = tape.layers;
  const { ranks } = tape.hooks;
  layers.apart = true;
  addHooks(tape.hooks, { ranks: null });
  try {
    return body();
  } finally {
    layers.apart = false;
    addHooks(tape.hooks, { ranks });
  }
};

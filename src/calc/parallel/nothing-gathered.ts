import type { RankHooks } from "#calc/tape/tape.ts";

/** The hooks of a rank that has all its parameters unsharded. */
export const NOTHING_GATHERED: RankHooks = {
  loaded: () => undefined,
  enter: (_, inputs) => inputs,
  leave: (_, output) => output,
  finish: () => undefined,
};

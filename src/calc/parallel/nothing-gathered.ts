import type { RankHooks } from "#calc/tape/tape.ts";

/** Of a rank that has all its parameters at hand. */
export const NOTHING_GATHERED: RankHooks = {
  loaded: () => undefined,
  enter: (_, inputs) => inputs,
  leave: (_, output) => output,
  finish: () => undefined,
};

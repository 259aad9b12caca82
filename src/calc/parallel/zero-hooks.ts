import type { RankHooks } from "#calc/tape/tape.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { NOTHING_GATHERED } from "./nothing-gathered.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { zeroGradients } from "./zero-gradients.ts";

/** DeepSpeed's ZeRO-1 and 2: every rank has whole parameters, and hooks only on gradients. */
export const zeroHooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { loaded, finish } = zeroGradients(tape, options);
  return {
    ...NOTHING_GATHERED,
    loaded: ({ node }) => {
      if (node?.leaf) loaded(node.leaf);
    },
    finish,
  };
};

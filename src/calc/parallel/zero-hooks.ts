import { resize } from "#calc/tape/ledger/storages.ts";
import type { RankHooks } from "#calc/tape/tape.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { NOTHING_GATHERED } from "./nothing-gathered.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { zeroGradients } from "./zero-gradients.ts";

/**
 * DeepSpeed's ZeRO-1 and 2: every rank has whole parameters, and hooks only on gradients. Trained parameters become parts of flat ones (`flattenedRequests`),
 * so that their own storages go.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `_update_model_bit16_weights`
 */
export const zeroHooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { loaded, finish } = zeroGradients(tape, options);
  return {
    ...NOTHING_GATHERED,
    loaded: ({ storage, node }) => {
      if (!node?.leaf) return;
      loaded(node.leaf);
      resize(tape.recorder.ledger, storage, -1);
    },
    finish,
  };
};

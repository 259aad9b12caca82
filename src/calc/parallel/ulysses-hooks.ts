import { aliasOf, freshBy } from "#calc/tape/tensor.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { flashAttention } from "#calc/tape/ops/flash-attention.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/loss.ts";
import { to } from "#calc/tape/ops/to.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { type Tape, type Tensor } from "#calc/tape/tape.ts";
import { hasOneHead, ulyssesAttention } from "./ulysses-attention.ts";

/** `ForCausalLMLoss` with `shift_labels`: labels that come shifted are not padded. @see transformers 5.24, loss/loss_utils.py */
const lossOfShifted = (logits: Tensor, labels: Tensor): Tensor =>
  scoped(logits.tape, () => inLogits(logits, () => nllLoss(logSoftmax(bind(to(logits, "fp32"))), labels)));

/**
 * What a rank does under Ulysses, where it has a share of each sequence. Its batch has labels that were shifted before the sequence was divided, and the
 * positions of its tokens. Attention exchanges tokens for heads.
 *
 * @see deepspeed 0.19, runtime/sequence_parallel/ulysses_sp.py, `UlyssesSPDataLoaderAdapter`; transformers 5.24, integrations/deepspeed.py,
 * `deepspeed_sp_compute_loss`
 */
export const ulyssesHooks = (
  tape: Tape,
  ranks: number,
): Required<Pick<ModelHooks, "loaded" | "forward" | "attend" | "exchange">> => {
  let positions: Tensor | null = null;
  return {
    loaded: ({ storage }) => {
      if (storage.module !== "labels") return;
      positions = freshBy(tape, { name: "batch", shape: shapeOf("b", "s"), dtype: "int64" });
      positions.bindings = 1;
    },
    forward: (forward): Forward => ({
      ...forward,
      positions: () => bind(aliasOf(positions as Tensor, shapeOf("b", "s"))),
      loss: (options) =>
        forward.loss?.(options) ??
        (options.loss.kind === "full" && options.loss.transformers === "5" ? lossOfShifted : undefined),
    }),
    // Queries lie heads first in memory, and so does the result (`empty_like`): it is copied to lie tokens first, except where there is one head.
    attend: (attended) => flashAttention(attended, null, hasOneHead(attended[0], ranks)),
    exchange: (heads, core) => ulyssesAttention(heads, core, ranks),
  };
};

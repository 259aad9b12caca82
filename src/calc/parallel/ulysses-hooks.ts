// DeepSpeed's Ulysses: all-to-all from sequence shards to heads and back, around attention.

import { withMarks } from "#calc/tape/recorder.ts";
import type { Heads, Tensor, Tape } from "#calc/tape/tape.ts";
import { drop, fresh, aliasOf, freshBy } from "#calc/tape/tensor.ts";
import { arrivedGradient, record } from "#calc/tape/operation.ts";
import { bind, bindAll, rebind, scoped } from "#calc/tape/scope.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Forward, ModelHooks } from "#calc/modules/forward.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { flashAttention } from "#calc/tape/ops/attention.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/log-softmax.ts";
import { to } from "#calc/tape/ops/views.ts";

/** The number of heads of a tensor [b, heads, s, width]. */
const headsOf = ({ shape }: Tensor): number => Number(shape.dims[1]);

/** Copies a tensor into another memory order. In backward `back` makes the input's gradient; by default the gradient is passed on as it is. */
const copied = (x: Tensor, permuted = false, back = (gradient: Tensor): Tensor => gradient): Tensor =>
  record({
    name: "clone",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    permuted,
    backward: (gradients) => [back(arrivedGradient(gradients))],
  });

/** `x.repeat_interleave(copies)` over heads; its backward sums. */
const repeated = (x: Tensor, copies: number): Tensor => {
  if (copies === 1) return x;
  const { dims } = x.shape;
  return record({
    name: "repeat_interleave",
    inputs: [x],
    shape: shapeOf(dims[0] ?? 1, headsOf(x) * copies, ...dims.slice(2)),
    dtype: x.dtype,
    backward: (gradients) => {
      const sum = fresh(x.tape, x.shape, arrivedGradient(gradients).dtype);
      sum.permuted = x.tape.policies.singleRow;
      return [sum];
    },
  });
};

/** All-to-all: a rank sends a block to each other rank, and receives theirs in a buffer. In backward too; a gradient that is not contiguous is copied first. */
const exchangeBlocks = (x: Tensor, isInOrder = false): Tensor =>
  record({
    name: "all-to-all",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    backward: (gradients) => {
      const { tape, dtype } = arrivedGradient(gradients);
      const sent = isInOrder ? null : fresh(tape, x.shape, dtype);
      const received = fresh(tape, x.shape, dtype);
      if (sent !== null) drop(sent);
      return [received];
    },
  });

/** How heads are shared out over ranks: each is repeated `copies` times, then a rank has `local` of them. */
type Share = Readonly<{ local: number; copies: number }>;

/** @see deepspeed 0.19, runtime/sequence_parallel/ulysses_sp.py, `UlyssesSPAttentionHF.__init__`: `kv_replication_factor` */
const shareOf = (heads: number, ranks: number): Share => {
  const copies = Math.max(1, Math.floor(ranks / heads));
  return { local: (heads * copies) / ranks, copies };
};

/** Whether a rank's part is contiguous with heads first and with tokens first: one row and one head. */
const isPlain = ({ policies }: Tensor["tape"], { local }: Share): boolean => policies.singleRow && local === 1;

/** `_combine_local_sequences`: from a rank's tokens of all heads to all tokens of its heads. */
const tokensGathered = (x: Tensor, share: Share): Tensor =>
  scoped(x.tape, () => {
    const isSingle = share.local === 1;
    const inOrder = (gradient: Tensor): Tensor => {
      const given = isSingle ? gradient : fresh(x.tape, gradient.shape, gradient.dtype);
      given.permuted = x.tape.policies.singleRow && !isSingle;
      return given;
    };
    const blocks = bind(copied(repeated(x, share.copies), false, inOrder));
    return exchangeBlocks(blocks, isPlain(x.tape, share));
  });

/** `_partition_global_sequence`: from all tokens of a rank's heads to its tokens of all heads. */
const headsGathered = (x: Tensor): Tensor =>
  scoped(x.tape, () => {
    const { singleRow } = x.tape.policies;
    const blocks = bind(singleRow ? x : copied(x));
    return copied(exchangeBlocks(blocks), !singleRow);
  });

/** All-gathers the positions of the tokens: a tensor for each rank's, and one with all of them. */
const gatherPositions = ({ tape }: Tensor, ranks: number): void => {
  withMarks(tape.recorder, { term: "workspace", op: "all-gather" }, () => {
    const own: Shape = shapeOf("b", "s");
    for (let rank = 0; rank < ranks; rank++) bind(fresh(tape, own, "int64"));
    bind(fresh(tape, shapeOf("b", "s", ranks), "int64"));
  });
};

/**
 * Attention of one of N ranks that each have a share of the sequence, as DeepSpeed's Ulysses runs it. An all-to-all of queries, keys and values gives a rank
 * all tokens of 1/N of the heads; the core attention runs on them; an all-to-all brings its result back. Where there are fewer key heads than ranks, each is
 * repeated before.
 * An all-to-all does not change the number of elements, so all shapes are written as [b, heads, s, width] with all heads and a rank's tokens.
 *
 * @param core attention on heads, contiguous; returns [b, s, heads, width]
 * @see deepspeed 0.19, runtime/sequence_parallel/ulysses_sp.py, `UlyssesSPAttentionHF`; sequence/layer.py, `_dim_zero_all_to_all`
 */
const ulyssesAttention = (heads: Heads, core: (inner: Heads) => Tensor, ranks: number): Tensor =>
  scoped(heads.query.tape, () => {
    const { query, key, value } = heads;
    const { tape } = query;
    const shares = [query, key, value].map((states) => shareOf(headsOf(states), ranks));
    gatherPositions(query, ranks);
    const gathered = bindAll(
      [query, key, value].map((states, index) => tokensGathered(states, shares[index] as Share)),
    );
    const [q, k, v] = gathered.map((states, index) =>
      isPlain(tape, shares[index] as Share) ? states : rebind(states, copied(states)),
    ) as [Tensor, Tensor, Tensor];
    return headsGathered(bind(core({ query: q, key: k, value: v })));
  });

/** Whether a rank has one head: then its result is contiguous with tokens first and with heads first. */
const hasOneHead = (query: Tensor, ranks: number): boolean => headsOf(query) === ranks;

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

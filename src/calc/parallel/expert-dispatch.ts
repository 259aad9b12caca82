// Expert parallelism: all-to-all of tokens to the ranks that have their experts, and back.

import type { ModelHooks } from "#calc/modules/forward.ts";
import { withoutGraph, likeGradient, record } from "#calc/tape/operation.ts";
import { gather, indexPut } from "#calc/tape/ops/indexing.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { to, view } from "#calc/tape/ops/views.ts";
import { lastDim, sameElements, shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import { bind, bindAll, rebind, scoped } from "#calc/tape/scope.ts";
import { drop } from "#calc/tape/tensor.ts";
import type { Routed, Tensor } from "#calc/tape/tape.ts";
import { ownRowsOf, rowsOfAll } from "./collectives.ts";

/** All-to-all of rows: as many come as go, since experts are taken to be chosen evenly. So it is with gradients in backward. */
const exchangeRows = (x: Tensor): Tensor =>
  record({ name: "all-to-all", inputs: [x], shape: x.shape, dtype: x.dtype, backward: likeGradient });

/** How many experts there are in all, how many ranks share them out, and how many of these have the same tokens (tensor parallelism). */
export type Dispatch = Readonly<{ experts: number; ranks: number; alike: number }>;

/** What a rank's experts run on; the order of the tokens, and the weights, that it has to put results together. */
type Dispatched = readonly [tokens: Tensor, ids: Tensor, ones: Tensor, order: Tensor, weights: Tensor];

/** How many rows go to each expert, and how many come from each rank for a rank's own: sums of both are read on the host. */
const exchangeCounts = (ids: Tensor, { experts, ranks }: Dispatch): void => {
  const ofExperts = shapeOf(experts);
  const counted = (name: string, shape = ofExperts): Tensor => withoutGraph({ name, shape, dtype: "int64" }, ids);
  bind(counted("zeros"));
  drop(counted("ones_like", ids.shape));
  bind(counted("empty_like"));
  const [sent, received] = [counted("sum", shapeOf(ranks)), counted("sum", shapeOf(ranks))];
  const both = counted("stack", shapeOf(2 * ranks));
  [sent, received, both].forEach(drop);
};

/** A rank's own part of what it has to send: of ranks with the same tokens each sends some. */
const ownPart = ({ x, indices, weights }: Routed, { alike }: Dispatch): Routed => {
  if (alike === 1) return { x, indices, weights };
  const own = (tensor: Tensor): Tensor => bind(ownRowsOf(tensor, alike));
  return { x: own(x), indices: own(indices), weights: own(weights) };
};

/** `_dispatch_tokens`: each token once for each of its experts, sorted by expert, to the rank that has the expert. */
const dispatch = (routed: Routed, asked: Dispatch): Dispatched => {
  const { x, indices, weights } = ownPart(routed, asked);
  const { shape } = indices;
  const ofRows = { shape, dtype: "int64" } as const;
  const copies = shapeOf(...shape.dims, lastDim(x.shape));
  const values = withoutGraph({ name: "sort", ...ofRows }, indices);
  const order = bind(withoutGraph({ name: "sort", ...ofRows }, indices));
  drop(values);
  const send_tokens = bind(gather(x, withoutGraph({ name: "floor_divide", ...ofRows }, order), copies));
  exchangeCounts(indices, asked);
  const recv_tokens = bind(exchangeRows(send_tokens));
  const one = shapeOf(...shape.dims, 1);
  const ofRank = bind(withoutGraph({ name: "repeat", shape: shapeOf(asked.experts), dtype: "int64" }, indices));
  const ids = rebind(ofRank, withoutGraph({ name: "repeat_interleave", shape: one, dtype: "int64" }, ofRank));
  const ones = bind(withoutGraph({ name: "ones_like", shape: one, dtype: x.dtype }, ids));
  return [recv_tokens, ids, ones, order, weights];
};

/** `_combine_tokens`: results back to the ranks that sent the tokens, in their order, weighted and summed for each token. */
const combine = (output: Tensor, x: Tensor, [order, weights]: readonly [Tensor, Tensor]): Tensor => {
  const { dims } = weights.shape;
  const recv_out = bind(exchangeRows(output));
  const empty = bind(withoutGraph({ name: "empty_like", shape: recv_out.shape, dtype: recv_out.dtype }, recv_out));
  const token_outputs = rebind(empty, indexPut(empty, recv_out, order));
  const ofTokens = withLast(weights.shape, lastDim(x.shape));
  const sum = sumExpanded(mul(token_outputs, view(weights, shapeOf(...dims, 1))), ofTokens);
  return sameElements(ofTokens, x.shape) ? sum : rowsOfAll(bind(sum), x.shape);
};

/**
 * Around the experts of a rank that has 1/N of them (`AllToAllEP`). A rank sends each of its (token, expert) pairs to the expert's rank, and receives as many;
 * its experts run on these rows, each row with one expert and weight 1; a second all-to-all brings the results back. Rows: b · s · k. Of ranks that divide
 * matrices, and so have the same tokens, each sends its share of them, and all results are gathered at the end.
 *
 * ```
 * x [b·s, h] -> sorted [b·s·k, h] -> all-to-all -> experts -> all-to-all -> in order [b·s·k, h] -> weighted, summed [b·s, h]
 * ```
 *
 * @see transformers 5.24, distributed/expert_parallel.py, `AllToAllEP`, `EpDispatchExpertsParallel`
 */
export const expertDispatch =
  (asked: Dispatch): NonNullable<ModelHooks["dispatch"]> =>
  (routed, experts) => {
    const { x } = routed;
    const { tape } = x;
    const output = scoped(tape, () => {
      const [tokens, ids, ones, order, weights] = bindAll(scoped(tape, () => dispatch(routed, asked)));
      const expert_output = bind(scoped(tape, () => experts({ x: tokens, indices: ids, weights: ones })));
      return scoped(tape, () => combine(expert_output, x, [order, weights]));
    });
    return to(output, x.dtype);
  };

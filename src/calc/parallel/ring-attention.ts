// Ring attention of PyTorch's context parallelism, forward and backward.

import { withMarks } from "#calc/tape/recorder.ts";
import { aliasOf, consume, drop, fresh } from "#calc/tape/tensor.ts";
import { attach, save, startNode } from "#calc/tape/operation.ts";
import { lastDim, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Element } from "#calc/base/dtypes.ts";

/** Queries, keys and values, each [b, heads, s, width], where s is a rank's tokens. */
type Attended = readonly [query: Tensor, key: Tensor, value: Tensor];

/** Shapes of the tensors that go round the ring. `both`: keys and values of one rank side by side; `gathered`: those of all ranks. */
type Sizes = Readonly<{ query: Shape; key: Shape; value: Shape; statistics: Shape; both: Shape; gathered: Shape }>;

const widthOf = ({ shape }: Tensor): number => Number(shape.dims[1]) * Number(lastDim(shape));

const sizesOf = ([query, key, value]: Attended, ranks: number): Sizes => {
  const both = widthOf(key) + widthOf(value);
  return {
    query: query.shape,
    key: key.shape,
    value: value.shape,
    statistics: shapeOf("b", query.shape.dims[1] ?? 1, "s"),
    both: shapeOf("b", "s", both),
    gathered: shapeOf("b", "s", ranks * both),
  };
};

/** The shape of a share of a tensor's elements. */
const partOf = ({ dims }: Shape, share: number): Shape => shapeOf(...dims, share);

/** A contiguous copy of a tensor that is not contiguous; else nothing. */
const inOrder = (each: Tensor): readonly Tensor[] => (each.permuted ? [fresh(each.tape, each.shape, each.dtype)] : []);

/** Allocates a rank's keys and values side by side, and the buffer in which those of all ranks are gathered. */
const gatherBoth = ({ tape, dtype }: Tensor, sizes: Sizes): readonly [mine: Tensor, all: Tensor] => {
  const mine = fresh(tape, sizes.both, dtype);
  return [mine, fresh(tape, sizes.gathered, dtype)];
};

/** Merges a block's output and log-sum-exp into those of the blocks before it: in fp32, out of place. */
const merge = (before: readonly [Tensor, Tensor], block: readonly [Tensor, Tensor]): readonly [Tensor, Tensor] => {
  const [out, logSumExp] = before;
  const { tape, shape } = out;
  const small = (): Tensor => fresh(tape, logSumExp.shape, "fp32");
  const large = (): Tensor => fresh(tape, shape, "fp32");
  const [difference, sigmoid] = [small(), small()];
  drop(difference);
  const [apart, product] = [large(), large()];
  [sigmoid, apart].forEach(drop);
  const merged = large();
  drop(product);
  const logSigmoid = [small(), small(), small()];
  logSigmoid.slice(0, 2).forEach(drop);
  const mergedStatistics = small();
  [...logSigmoid, logSumExp, out, block[0]].forEach(drop);
  return [merged, mergedStatistics];
};

/** The merged output and log-sum-exp of all blocks, and the tensors that are freed once the output is cast. */
type Round = Readonly<{ merged: readonly [Tensor, Tensor]; left: readonly Tensor[] }>;

/** @see torch, `_templated_ring_attention`, `_SDPAMerger` */
const goRound = (attended: Attended, ranks: number): Round => {
  const [query, key, value] = attended;
  const { tape, dtype } = query;
  const sizes = sizesOf(attended, ranks);
  const wide = shapeOf(...query.shape.dims.slice(0, 3), lastDim(value.shape));
  const copies = [...inOrder(key), ...inOrder(value)];
  const [mine, all] = gatherBoth(key, sizes);
  drop(mine);
  const attend = (): readonly [Tensor, Tensor] => [fresh(tape, wide, dtype), fresh(tape, sizes.statistics, "fp32")];
  let block = attend();
  let merged: readonly [Tensor, Tensor] = [fresh(tape, wide, "fp32"), block[1]];
  for (let turn = 1; turn < ranks; turn++) {
    if (turn < ranks - 1) drop(fresh(tape, sizes.both, key.dtype));
    copies.forEach(drop);
    const before = block;
    block = attend();
    drop(before[0]);
    if (turn > 1) drop(before[1]);
    merged = merge(merged, [fresh(tape, wide, "fp32"), block[1]]);
  }
  return { merged, left: [merged[0], all, block[0], block[1]] };
};

const forward = (attended: Attended, ranks: number): readonly [out: Tensor, logSumExp: Tensor] => {
  const [query, , value] = attended;
  const { tape, dtype, shape } = query;
  const { merged, left } = withMarks(tape.recorder, { term: "workspace" }, () => goRound(attended, ranks));
  const out = fresh(tape, shapeOf(...shape.dims.slice(0, 3), lastDim(value.shape)), dtype);
  left.forEach(drop);
  return [out, merged[1]];
};

/** The flash kernel's backward on a share of the keys. It frees its workspace and returns the gradients. */
const kernelBackward = ([query, key, value]: Attended, sizes: Sizes, share: number): readonly Tensor[] => {
  const { tape } = query;
  const make = (shape: Shape, dtype: Element): Tensor => fresh(tape, shape, dtype);
  const workspace = [make(sizes.query, "fp32"), make(sizes.statistics, "fp32")];
  if (query.shape.dims[1] !== key.shape.dims[1]) {
    const heads = Number(query.shape.dims[1]) / Number(key.shape.dims[1]);
    for (const each of [key, value]) workspace.push(make(partOf(each.shape, heads * share), each.dtype));
  }
  const gradients = [
    make(sizes.query, query.dtype),
    make(partOf(sizes.key, share), key.dtype),
    make(partOf(sizes.value, share), value.dtype),
  ];
  workspace.forEach(drop);
  return gradients;
};

/** The fp32 gradients at the end of the ring: of queries, and of keys and values, which were received from the rank before. */
type CameBack = Readonly<{ ofQuery: Tensor; received: Tensor }>;

/** @see torch, `_templated_ring_attention_backward` */
const goBack = (attended: Attended, ranks: number): CameBack => {
  const [query, key, value] = attended;
  const { tape } = query;
  const sizes = sizesOf(attended, ranks);
  const make = (shape: Shape, dtype: Element): Tensor => fresh(tape, shape, dtype);
  const ofQuery = make(sizes.query, "fp32");
  let summed = [make(sizes.key, "fp32"), make(sizes.value, "fp32")];
  const copies = [...inOrder(key), ...inOrder(value)];
  let [mine] = gatherBoth(key, sizes);
  let gradients = kernelBackward(attended, sizes, 1);
  const flat = [key, value].flatMap(({ permuted, shape }) => (permuted ? [make(shape, "fp32")] : []));
  let sent = make(sizes.both, "fp32");
  flat.forEach(drop);
  let received = make(sizes.both, "fp32");
  for (let turn = 1; turn < ranks; turn++) {
    if (turn < ranks - 1) {
      const before = mine;
      mine = make(sizes.both, key.dtype);
      drop(before);
    }
    copies.forEach(drop);
    const before = gradients;
    // Of earlier ranks' keys the last rank attends to the first half: so the load is balanced over ranks.
    gradients = kernelBackward(attended, sizes, 1 / 2);
    [...before, sent, ...summed].forEach(drop);
    summed = [make(sizes.key, "fp32"), make(sizes.value, "fp32")];
    sent = make(sizes.both, "fp32");
    const passed = make(sizes.both, "fp32");
    drop(received);
    received = passed;
  }
  return { ofQuery, received };
};

const backward = (attended: Attended, ranks: number): readonly Tensor[] => {
  const [query, key] = attended;
  const { tape } = query;
  const sizes = sizesOf(attended, ranks);
  const { ofQuery, received } = withMarks(tape.recorder, { term: "workspace" }, () => goBack(attended, ranks));
  const result = fresh(tape, sizes.query, query.dtype);
  result.permuted = query.permuted;
  drop(ofQuery);
  const both = fresh(tape, sizes.both, key.dtype);
  drop(received);
  const partOfBoth = (shape: Shape): Tensor => {
    const part = aliasOf(both, shape);
    part.view = true;
    part.permuted = false;
    return part;
  };
  return [result, partOfBoth(sizes.key), partOfBoth(sizes.value)];
};

/**
 * Attention of the last of N ranks that each have a share of the sequence, as PyTorch's `context_parallel` runs it. Keys and values of all ranks are
 * all-gathered into one buffer. The flash kernel runs on each rank's block, and its outputs are merged in fp32. In backward the gradients of keys and values go
 * round the ring in fp32. The last rank takes most memory: all its queries attend to every block.
 *
 * @see torch/distributed/tensor/experimental/_context_parallel/_attention.py (PyTorch 2.13)
 */
export const ringAttention = (attended: Attended, ranks: number): Tensor => {
  const [query] = attended;
  const { tape } = query;
  const node = startNode("ring attention", attended, () => backward(attended, ranks));
  const [out, logSumExp] = withMarks(tape.recorder, { op: "ring attention" }, () => forward(attended, ranks));
  out.permuted = true;
  attach(out, node);
  if (node !== null) for (const saved of [...attended, out, logSumExp]) save(node, saved);
  drop(logSumExp);
  attended.forEach(consume);
  return out;
};

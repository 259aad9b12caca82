import { within } from "#calc/tape/recorder.ts";
import { aliasOf, consume, drop, fresh } from "#calc/tape/tensor.ts";
import { attach, save, startNode } from "#calc/tape/record.ts";
import { lastDim, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Element } from "#calc/base/element.ts";

/** Queries, keys and values of [b, heads, s, width], s a rank's tokens. */
type Attended = readonly [query: Tensor, key: Tensor, value: Tensor];

/** Sizes of a step around the ring. */
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

/** A part of a tensor's elements. */
const partOf = ({ dims }: Shape, share: number): Shape => shapeOf(...dims, share);

/** Rows in order: copies of keys and values that lie in another. */
const inOrder = (each: Tensor): readonly Tensor[] => (each.permuted ? [fresh(each.tape, each.shape, each.dtype)] : []);

/** Keys and values side by side, and those of all ranks. */
const gatherBoth = ({ tape, dtype }: Tensor, sizes: Sizes): readonly [mine: Tensor, all: Tensor] => {
  const mine = fresh(tape, sizes.both, dtype);
  return [mine, fresh(tape, sizes.gathered, dtype)];
};

/** A block's result and log-sum-exp put into those before it: in fp32, a block after the other, out of place. */
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

/** What is merged when all blocks have been attended to, and what is let go of once the result is there. */
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
  const { merged, left } = within(tape.recorder, { term: "workspace" }, () => goRound(attended, ranks));
  const out = fresh(tape, shapeOf(...shape.dims.slice(0, 3), lastDim(value.shape)), dtype);
  left.forEach(drop);
  return [out, merged[1]];
};

/** The flash kernel's backward on a share of the keys: its workspace comes and goes, gradients stay. */
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

/** What has come round: the gradient of queries, and of keys and values, in fp32. */
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
    // The last rank attends to the first half of what earlier ranks have, so that all have as much to do.
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
  const { ofQuery, received } = within(tape.recorder, { term: "workspace" }, () => goBack(attended, ranks));
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
 * Attention of the last of N ranks that have a share of each sequence, as PyTorch's `context_parallel` runs it: keys and values of all ranks are gathered
 * into one buffer; the flash kernel runs for each rank's, and what it gives is merged in fp32. In backward gradients of keys and values go round in
 * fp32. The last rank has most to do at a time: all its queries attend.
 *
 * @see torch/distributed/tensor/experimental/_context_parallel/_attention.py (PyTorch 2.13)
 */
export const ringAttention = (attended: Attended, ranks: number): Tensor => {
  const [query] = attended;
  const { tape } = query;
  const node = startNode("ring attention", attended, () => backward(attended, ranks));
  const [out, logSumExp] = within(tape.recorder, { op: "ring attention" }, () => forward(attended, ranks));
  out.permuted = true;
  attach(out, node);
  if (node !== null) for (const saved of [...attended, out, logSumExp]) save(node, saved);
  drop(logSumExp);
  attended.forEach(consume);
  return out;
};

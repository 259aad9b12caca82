// Unsloth's experts: LoRA products added apart from the base product, and weights rebuilt in backward.

import { add, addToColumns } from "#calc/tape/ops/arithmetic.ts";
import { dropout, clone, scale } from "#calc/tape/ops/unary.ts";
import { groupedMm } from "#calc/tape/ops/products.ts";
import { to, permuteFactor } from "#calc/tape/ops/views.ts";
import { bind, bindAll, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Adapter, Loaded } from "./loaded-modules.ts";
import { lowRankOf } from "./tuners/lora.ts";
import type { Dim } from "#calc/tape/ledger/dimension.ts";
import { arrivedGradient, attach, keepOutsideCheckpoint, save, startNode } from "#calc/tape/operation.ts";
import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";

/** The rows of a product of experts: how many these are, and up to which row each one's reach; null: all have equally many. */
type ExpertRows = Readonly<{ experts: number; offsets: Tensor | null }>;

/** Linears of version 4 of transformers that version 5 has fused into a parameter. */
const LINEARS: Readonly<Record<string, readonly string[]>> = {
  gate_up_proj: ["gate_proj", "up_proj", "w1", "w3"],
  down_proj: ["down_proj", "w2"],
};

/** An adapter, and whether it is that of linears, which each has its own. */
type Added = Readonly<{ adapter: Adapter; ofLinears: boolean }>;

const addedOf = (adapter: Adapter | undefined, ofLinears: boolean): readonly Added[] =>
  adapter === undefined ? [] : [{ adapter, ofLinears }];

/** The adapters of linears that are fused into a parameter. */
const ofLinears = ({ parameterAdapters }: Loaded, parameter: string): readonly Added[] => {
  const end = parameter.lastIndexOf(".");
  const [path, name] = [parameter.slice(0, end), parameter.slice(end + 1)];
  return (LINEARS[name] ?? []).flatMap((linear) => addedOf(parameterAdapters.get(`${path}.*.${linear}`), true));
};

/**
 * The factors of an adapter, [experts, in, rank] and [experts, rank, out], cast to the type of the product. Unsloth first copies those of a parameter, so that
 * each is contiguous.
 */
const factorsOf = (
  { adapter, ofLinears }: Added,
  { experts, like }: Readonly<{ experts: number; like: Tensor }>,
): readonly [first: Tensor, second: Tensor] => {
  const { A, B } = lowRankOf(adapter);
  const [out = 1, both = 1] = B.shape.dims;
  const rank = Number(both) / experts;
  const whole = (factor: Tensor): Tensor => (ofLinears ? factor : clone(factor));
  return scoped(A.tape, () => {
    const first = bind(whole(permuteFactor(A, shapeOf(experts, A.shape.dims[1] ?? 1, rank))));
    const second = bind(whole(permuteFactor(B, shapeOf(experts, rank, out))));
    return [to(first, like.dtype), to(second, like.dtype)];
  });
};

/** Its input, the product itself, bound in the caller's scope, and its rows. */
type Product = readonly [x: Tensor, y: Tensor, rows: ExpertRows];

/** `((x @ first) @ second) * scaling`, after dropout where there is any, which PEFT refuses beside parameters. */
const separatedLora = (added: Added, [x, y, { experts, offsets }]: Product): Tensor => {
  const [first, second] = bindAll(factorsOf(added, { experts, like: y }));
  const { dropout: probability } = added.adapter;
  const input = to(probability === 0 ? x : dropout(x, probability), y.dtype);
  const low = groupedMm(input, { weight: first, offsets, width: lastDim(first.shape) });
  return scale(groupedMm(low, { weight: second, offsets, width: lastDim(second.shape) }));
};

const plus = (all: readonly Added[], [x, y, rows]: Product): Tensor => {
  let sum = y;
  for (const added of all) {
    const delta = separatedLora(added, [x, sum, rows]);
    sum = rebind(sum, lastDim(delta.shape) === lastDim(sum.shape) ? add(sum, delta) : addToColumns(sum, delta));
  }
  return sum;
};

/**
 * A product of experts plus those of the adapters of linears that are fused in its parameter; it, and the factors, are bound in the caller's scope. An adapter of
 * one of two linears adds to its columns.
 */
export const addLinearAdapters = (loaded: Loaded, parameter: string, product: Product): Tensor =>
  plus(ofLinears(loaded, parameter), product);

/**
 * The same plus that of the parameter's own adapter, which is not added to the weights.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils.py, `forward_native_grouped_mm`
 */
export const addAllAdapters = (loaded: Loaded, parameter: string, product: Product): Tensor =>
  plus([...addedOf(loaded.parameterAdapters.get(parameter), false), ...ofLinears(loaded, parameter)], product);

/** What Unsloth computes experts in. */
export const UNSLOTH_EXPERTS_DTYPE = "bf16";

/** The shape of packed weights; how many tokens each expert has, and up to which row (null: all have equally many); the width of the result. */
type RebuiltWeights = Readonly<{
  weights: Shape;
  rows: Readonly<{ counts: Tensor; offsets: Tensor }> | null;
  width: Dim;
}>;

/**
 * `_GroupedMMRecompute`: the weights are dequantised for the product and go with it; backward dequantises it again. Its node keeps the offsets, and the counts as
 * part of what makes the weights.
 *
 * @see unsloth-zoo 2026.10.9, temporary_patches/moe_utils.py
 */
export const rebuiltProduct = (x: Tensor, { weights, rows, width }: RebuiltWeights): Tensor => {
  const { tape, shape } = x;
  const name = "grouped_mm_recompute";
  const rebuild = (op: string): Tensor =>
    freshBy(tape, { name: op, shape: weights, dtype: UNSLOTH_EXPERTS_DTYPE, term: "workspace" });
  const node = startNode(name, [x], (gradients) => {
    rebuild(tape.recorder.op);
    return [fresh(tape, shape, arrivedGradient(gradients).dtype)];
  });
  if (node !== null && rows !== null) {
    keepOutsideCheckpoint(node, rows.counts);
    save(node, rows.offsets);
  }
  const weight = rebuild("dequantize");
  const product = attach(freshBy(tape, { name, shape: withLast(shape, width), dtype: UNSLOTH_EXPERTS_DTYPE }), node);
  drop(weight);
  consume(x);
  return product;
};

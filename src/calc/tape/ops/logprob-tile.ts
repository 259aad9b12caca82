import type { Element } from "#calc/base/element.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { drop, fresh } from "#calc/tape/tensor.ts";

/** What a head's kernel makes for each scored token beside its log-probability. */
export type LogProbOutput = "entropy" | "mean_logits" | "is_top1";

/** Logits of a chunk of tokens and of so many entries of the vocabulary, in the type that is computed in. */
export type Tile = Readonly<{ tape: Tape; width: number; compute: Element }>;

/** Makes tensors for a tile: of its size in fp32 or another type, and of one number for each of its tokens. */
const makersOf = ({ tape, width }: Tile) => ({
  each: (dtype: Element = "fp32"): Tensor => fresh(tape, shapeOf("chunk", width), dtype),
  ofTokens: (dtype: Element = "fp32"): Tensor => fresh(tape, shapeOf("chunk"), dtype),
});

/** `tile.float() * logit_scale` */
const scaled = (tile: Tile): Tensor => {
  const { each } = makersOf(tile);
  const cast = tile.compute === "fp32" ? null : each();
  const product = each();
  if (cast !== null) drop(cast);
  return product;
};

/** `z.masked_fill(~before_target, -inf).amax(-1)`, and which entries stand before the target: they are there until the tile is folded. */
const beforeTarget = (tile: Tile): Tensor => {
  const { each, ofTokens } = makersOf(tile);
  const before = each("bool");
  const inverted = each("bool");
  const filled = each();
  drop(inverted);
  const largest = ofTokens();
  for (const temporary of [filled, largest]) drop(temporary);
  return before;
};

/**
 * `_forward_tile`: what PyTorch's operations take to fold a tile into the statistics. A cap of logits is left out: it takes less than exponentials do.
 *
 * @see trl 1.16, kernels/chunked_logprob.py
 */
export const foldTile = (tile: Tile, asked: readonly LogProbOutput[]): void => {
  const { each, ofTokens } = makersOf(tile);
  const unscaled = scaled(tile);
  const z = each();
  drop(unscaled);
  const local = ofTokens("int64");
  const before = asked.includes("is_top1") ? [beforeTarget(tile)] : [];
  const [new_m, less, rescale] = [ofTokens(), ofTokens(), ofTokens()];
  drop(less);
  const difference = each();
  const e = each();
  drop(difference);
  drop(ofTokens());
  if (asked.includes("entropy")) {
    const product = each();
    const sum = ofTokens();
    for (const temporary of [product, sum]) drop(temporary);
  }
  for (const temporary of [z, local, ...before, new_m, rescale, e]) drop(temporary);
};

/** `z = inv_t * logits` of a tile, and what else of it stays: the logits before, and `tanh` of capped ones. */
const againOf = (tile: Tile, capped: boolean): readonly Tensor[] => {
  const { each } = makersOf(tile);
  const y = scaled(tile);
  if (!capped) return [y, each()];
  const quotient = each();
  const t = each();
  drop(quotient);
  const product = each();
  const z = each();
  drop(product);
  return [y, t, z];
};

/** `grad * (1 - t * t)`, in the place of `grad`. */
const throughCap = (tile: Tile, grad: Tensor): Tensor => {
  const { each } = makersOf(tile);
  const square = each();
  const rest = each();
  drop(square);
  const product = each();
  for (const temporary of [rest, grad]) drop(temporary);
  return product;
};

/** `_backward_tile`: what PyTorch's operations take to make the gradient of a tile of logits, in its place. @see the same file */
export const turnTile = (tile: Tile, { capped }: Readonly<{ capped: boolean }>): void => {
  const { each } = makersOf(tile);
  const again = againOf(tile, capped);
  const [log_p, p, zeros, is_target] = [each(), each(), each(), each("bool")];
  const target = each();
  const difference = each();
  drop(target);
  const product = each();
  for (const temporary of [difference, product]) drop(temporary);
  const tempered = each();
  drop(zeros);
  const grad = capped ? throughCap(tile, tempered) : tempered;
  const result = each();
  for (const temporary of [result, ...again, log_p, p, is_target, grad]) drop(temporary);
};

/** `acc.addmm_(a.float(), b.float())`, a the tile: copies, where factors are of 16 bits. On CUDA the product is one of theirs, in place. */
export const addInFp32 = ({ tape, width, compute }: Tile, other: Shape): void => {
  if (compute === "fp32") return;
  const factors = [fresh(tape, shapeOf("chunk", width), "fp32"), fresh(tape, other, "fp32")];
  factors.forEach(drop);
};

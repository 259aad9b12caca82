// Kernels of the head and the loss: TRL's chunked log-probabilities and entropy, and losses as one node.

import type { Element } from "#calc/base/dtypes.ts";
import { type Shape, shapeOf, lastDim } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor, Backward } from "#calc/tape/tape.ts";
import { drop, fresh, consume, freshBy, aliasOf } from "#calc/tape/tensor.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import { arrivedGradient, attach, save, startNode } from "#calc/tape/operation.ts";
import { withMarks } from "#calc/tape/recorder.ts";

/** What a head's kernel makes for each scored token beside its log-probability. */
export type LogProbOutput = "entropy" | "mean_logits" | "is_top1";

/** Logits of a chunk of tokens and of so many entries of the vocabulary, in the type that is computed in. */
type Tile = Readonly<{ tape: Tape; width: number; compute: Element }>;

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
const foldTile = (tile: Tile, asked: readonly LogProbOutput[]): void => {
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
const turnTile = (tile: Tile, { capped }: Readonly<{ capped: boolean }>): void => {
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
const addInFp32 = ({ tape, width, compute }: Tile, other: Shape): void => {
  if (compute === "fp32") return;
  const factors = [fresh(tape, shapeOf("chunk", width), "fp32"), fresh(tape, other, "fp32")];
  factors.forEach(drop);
};

/** Vocabulary entries of one tile, which is so wide where the vocabulary is smaller, too. @see trl 1.16, trainer/utils.py, `_CHUNKED_LOGPROB_CHUNK_SIZE` */
export const TILE_WIDTH = 32_768;

/** What forward folds tiles into, in fp32 for each scored token: maximum, sums of exponentials, of their products, squares, logits; the largest before the target, and its logit. */
const STATISTICS = 7;

const NAME = "trl_chunked_logprob";

/**
 * What is scored: hidden states [n, h] of the scored tokens, the head [V, h], the tokens themselves [n]. `shape`: of the head as a matrix, where it is packed.
 * `inTorch`: operations of PyTorch stand for the kernels, with logits that are capped (`tanh`) or not; absent: Triton has them.
 */
type Scored = Readonly<{
  hidden: Tensor;
  weight: Tensor;
  shape: Shape;
  targets: Tensor;
  inTorch?: Readonly<{ capped: boolean }>;
}>;

/** The chunks of a head of so many entries that are there one after another: full ones first, and what is left. Of more than two full ones two stand for all. */
const chunksOf = (vocabulary: number, again: boolean): readonly number[] => {
  const full = Math.floor(vocabulary / TILE_WIDTH);
  const rest = vocabulary % TILE_WIDTH;
  const once = [...Array.from({ length: Math.min(2, full) }, () => TILE_WIDTH), ...(rest > 0 ? [rest] : [])];
  return again ? [...once, ...once] : once;
};

/** Entries of a head's first tile, which no other is wider than. */
const widthOf = ({ dims }: Shape): number => Math.min(TILE_WIDTH, Number(dims[0]));

/** The tile, and a chunk of the hidden states in the type that is computed in, where that is another. */
const scratchOf = (tape: Tape, hidden: Tensor, compute: Element): readonly Tensor[] => {
  const chunkOf = (width: Shape["dims"][number]): Tensor => fresh(tape, shapeOf("chunk", width), compute);
  return [chunkOf(TILE_WIDTH), ...(hidden.dtype === compute ? [] : [chunkOf(lastDim(hidden.shape))])];
};

const backwardOf =
  ({ hidden, weight, shape, inTorch }: Scored, compute: Element): Backward =>
  (gradients) => {
    const { tape } = arrivedGradient(gradients);
    const ofHidden = fresh(tape, hidden.shape, "fp32");
    const ofWeight = weight.node === null ? null : fresh(tape, shape, "fp32");
    scratchOf(tape, hidden, compute);
    /** What a tile's gradient takes beside the tile. The first is the widest, and stands for all. */
    const turn = (): void => {
      if (inTorch === undefined) return;
      const tile = { tape, width: widthOf(shape), compute };
      turnTile(tile, inTorch);
      addInFp32(tile, shapeOf(tile.width, lastDim(shape)));
      if (ofWeight !== null) addInFp32(tile, shapeOf("chunk", lastDim(shape)));
    };
    if (weight.dtype === compute) turn();
    else {
      // `w_chunk = ...` in a loop: the next one is there before the last one goes.
      let last: Tensor | null = null;
      for (const rows of chunksOf(Number(shape.dims[0]), tape.policies.tilesOfTokens === true)) {
        const next = fresh(tape, shapeOf(rows, lastDim(shape)), compute);
        if (last === null) turn();
        else drop(last);
        last = next;
      }
    }
    const inType = (gradient: Tensor, dtype: Element): Tensor =>
      dtype === "fp32" ? gradient : fresh(tape, gradient.shape, dtype);
    return [inType(ofHidden, hidden.dtype), ofWeight && inType(ofWeight, weight.dtype)];
  };

/** Log-probabilities of the scored tokens, and what else is asked for, in the order of `outputs`. */
export type LogProbs = Readonly<{ logProbabilities: Tensor; outputs: readonly Tensor[] }>;

/**
 * TRL's `ChunkedLogProbFunction`: log-probabilities of `hidden @ weight.T` from tiles of [4096, 32768], never all logits. It saves hidden states, targets, log_z
 * and entropy (log_z again without it). Backward makes each tile again and sums gradients in fp32; a trained head's is [V, h].
 *
 * @param asked what the kernel is asked for beside the log-probabilities
 * @see trl 1.16, kernels/chunked_logprob.py
 */
export const chunkedLogProb = (scored: Scored, asked: readonly LogProbOutput[]): LogProbs => {
  const { hidden, weight, shape, targets } = scored;
  const { tape } = hidden;
  const compute = tape.autocast.element ?? hidden.dtype;
  const node = startNode(NAME, [hidden, weight], backwardOf(scored, compute));
  const made = unrecorded(tape, NAME, () => {
    const each = (dtype: Element): Tensor => fresh(tape, targets.shape, dtype);
    const statistics = Array.from({ length: STATISTICS }, () => each("fp32"));
    const scratch = scratchOf(tape, hidden, compute);
    if (weight.dtype !== compute) drop(fresh(tape, shapeOf(widthOf(shape), lastDim(shape)), compute));
    if (scored.inTorch !== undefined) foldTile({ tape, width: widthOf(shape), compute }, asked);
    const logSum = each("fp32");
    const log_z = each("fp32");
    drop(logSum);
    const logProbabilities = each("fp32");
    const makeOutput = (output: LogProbOutput): Tensor => {
      if (output === "mean_logits") return each("fp32");
      const dtype = output === "entropy" ? "fp32" : "bool";
      const parts = Array.from({ length: output === "entropy" ? 1 : 2 }, () => each(dtype));
      const result = each(dtype);
      parts.forEach(drop);
      return result;
    };
    const outputs = asked.map(makeOutput);
    for (const temporary of [...statistics, ...scratch]) drop(temporary);
    return { log_z, logProbabilities, outputs };
  });
  const { log_z, logProbabilities, outputs } = made;
  attach(logProbabilities, node);
  const entropy = outputs[asked.indexOf("entropy")] ?? null;
  if (entropy !== null) attach(entropy, node);
  if (node !== null) for (const tensor of [hidden, weight, targets, log_z, entropy ?? log_z]) save(node, tensor);
  drop(log_z);
  for (const input of [hidden, weight, targets]) consume(input);
  return { logProbabilities, outputs };
};

/**
 * TRL's kernel for `selective_log_softmax`, from 1.14 on: log-probabilities of given tokens from whole logits [b, s−1, V], with entropies that nobody asks for. It
 * keeps logits, index and two numbers of each token; its gradient is a new tensor of the logits' shape.
 *
 * @see trl 1.16, kernels/logprob_entropy.py, `_LogProbEntropyFunction`
 */
export const logProbEntropy = (logits: Tensor, index: Tensor): Tensor => {
  const { tape } = logits;
  const { shape, dtype } = logits;
  const node = startNode("log_prob_entropy", [logits], () => [fresh(tape, shape, dtype)]);
  const make = (): Tensor => freshBy(tape, { name: "log_prob_entropy", shape: shapeOf("b", "s-1"), dtype: "fp32" });
  const logProbabilities = attach(make(), node);
  const [entropy, log_z, expected] = [make(), make(), make()];
  if (node !== null) for (const saved of [logits, index, log_z, expected]) save(node, saved);
  for (const made of [entropy, log_z, expected]) drop(made);
  for (const input of [logits, index]) consume(input);
  return logProbabilities;
};

/** A tensor that a kernel makes. */
export type KernelTensor = Readonly<{ shape: Shape; dtype: Element }>;

/** The tensors that a loss kernel makes. */
export type FusedLoss = Readonly<{
  name: string;
  /** Scratch of forward, and of backward. */
  forward: readonly KernelTensor[];
  backward: readonly KernelTensor[];
  /** Tensors that it saves. `savesGradients`: they are the gradients of its inputs, made in forward. */
  saved: readonly KernelTensor[];
  savesGradients: boolean;
  /** Gradients that backward makes, in these dtypes, before they are cast to those of the inputs. */
  gradients: readonly KernelTensor[];
}>;

const makeAll = (tape: Tape, made: readonly KernelTensor[]): readonly Tensor[] =>
  made.map(({ shape, dtype }) => fresh(tape, shape, dtype));

/** A loss with a kernel of its own, as one node: it never has the logits of all tokens, or it writes their gradient over them. */
export const fusedLoss = (inputs: readonly [Tensor, ...Tensor[]], kernel: FusedLoss): Tensor => {
  const { tape } = inputs[0];
  const node = startNode(kernel.name, inputs, () => {
    makeAll(tape, kernel.backward);
    return kernel.savesGradients
      ? saved.map((tensor) => aliasOf(tensor, tensor.shape))
      : makeAll(tape, kernel.gradients);
  });
  const { saved, scratch, loss } = withMarks(tape.recorder, { op: kernel.name }, () => ({
    saved: makeAll(tape, kernel.saved),
    scratch: makeAll(tape, kernel.forward),
    loss: attach(fresh(tape, shapeOf(1), "fp32"), node),
  }));
  if (node !== null) for (const tensor of saved) save(node, tensor);
  for (const tensor of [...scratch, ...saved]) drop(tensor);
  for (const input of inputs) consume(input);
  return loss;
};

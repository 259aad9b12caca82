import type { Element } from "#calc/base/element.ts";
import { unrecorded } from "#calc/tape/autograd.ts";
import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import { consume, drop, fresh } from "#calc/tape/tensor.ts";
import { lastDim, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tape, Tensor } from "#calc/tape/tape.ts";
import { addInFp32, foldTile, type LogProbOutput, turnTile } from "./logprob-tile.ts";

/** Vocabulary entries of one tile, which is so wide where the vocabulary is smaller, too. @see trl 1.16, trainer/utils.py, `_CHUNKED_LOGPROB_CHUNK_SIZE` */
export const TILE_WIDTH = 32_768;

/** What forward folds tiles into, in fp32 for each scored token: maximum, sums of exponentials, of their products, squares, logits; the largest before the target, and its logit. */
const STATISTICS = 7;

const NAME = "trl_chunked_logprob";

/**
 * What is scored: hidden states [n, h] of the scored tokens, the head [V, h], the tokens themselves [n]. `shape`: of the head as a matrix, where it is packed.
 * `inTorch`: operations of PyTorch stand for the kernels, with logits that are capped (`tanh`) or not; absent: Triton has them.
 */
export type Scored = Readonly<{
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
    const { tape } = arrived(gradients);
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

import type { Heads } from "#calc/tape/tape.ts";
import { contiguous, transpose, view } from "#calc/tape/ops/view.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `x.view(b, s, -1, width)` */
export const splitHeads = (x: Tensor, width: number): Tensor => {
  const last = Number(x.shape.dims[x.shape.dims.length - 1]);
  return view(x, shapeOf("b", "s", last / width, width));
};

/** `.transpose(1, 2)` of [b, s, heads, width]. */
export const headsFirst = (x: Tensor): Tensor => {
  const [, , heads = 1, width = 1] = x.shape.dims;
  return transpose(x, shapeOf("b", heads, "s", width));
};

/** How many query heads share one key head. */
export const groupsOf = ({ query, key }: Heads): number => Number(query.shape.dims[1]) / Number(key.shape.dims[1]);

/** [b, heads, s, width] → [b, s, heads, width], contiguous. The output of the flash kernel lies so already: no copy. */
export const sequenceFirst = (output: Tensor): Tensor => {
  const [, heads = 1, , width = 1] = output.shape.dims;
  return contiguous(transpose(output, shapeOf("b", "s", heads, width)));
};

/** What a layer passes to attention besides queries, keys and values. */
export type AttentionContext = Readonly<{
  mask: Tensor | null;
  /** Scores go through a soft cap (Gemma 2). */
  softcap?: boolean;
  /** Probability with which eager attention drops weights. */
  dropout?: number;
  /** true: the softmax runs in the dtype of the scores, not in fp32 (GPT-2). "uncast": nor is its result cast (Llama 4). */
  softmaxAsIs?: boolean | "uncast";
  /** Queries and keys are multiplied in fp32 (GPT-J). */
  scoresInFloat?: boolean;
}>;

/** The output, and the weights of eager attention (null for kernels), which the caller holds. */
export type Attended = readonly [attn_output: Tensor, attn_weights: Tensor | null];

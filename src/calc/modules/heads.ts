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

/** Query heads that share one key head. */
export const groupsOf = ({ query, key }: Heads): number => Number(query.shape.dims[1]) / Number(key.shape.dims[1]);

/** [b, heads, s, width] to [b, s, heads, width] in plain order; the flash kernel's output lies so already. */
export const sequenceFirst = (output: Tensor): Tensor => {
  const [, heads = 1, , width = 1] = output.shape.dims;
  return contiguous(transpose(output, shapeOf("b", "s", heads, width)));
};

/** What the layer hands to attention besides. */
export type AttentionContext = Readonly<{
  mask: Tensor | null;
  /** Scores go through a soft cap (Gemma 2). */
  softcap?: boolean;
  /** Probability with which eager attention drops weights. */
  dropout?: number;
  /** The softmax is taken in the scores' own type (GPT-2), and its result left in it (Llama 4). */
  softmaxAsIs?: boolean | "uncast";
  /** Queries and keys are multiplied in fp32 (GPT-J). */
  scoresInFloat?: boolean;
}>;

/** The output, and with eager attention the weights, which stay with the caller. */
export type Attended = readonly [attn_output: Tensor, attn_weights: Tensor | null];

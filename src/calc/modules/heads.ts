// Shapes of attention heads, and the key-value cache of a forward that generates.

import type { Heads, Tensor } from "#calc/tape/tape.ts";
import { contiguous, transpose, view } from "#calc/tape/ops/views.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind, unname, rebind } from "#calc/tape/scope.ts";
import { repeatHeads } from "#calc/tape/ops/products.ts";

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

/** `x.view(b, s, -1, width).transpose(1, 2)` */
export const inHeads = (x: Tensor, width: number): Tensor => headsFirst(splitHeads(x, width));

/** Names for queries, keys and values. */
export type NamedHeads = [query: Tensor, key: Tensor, value: Tensor];

/** Cuts queries, keys and values into heads; the results take the names that these had. */
export const cutIntoHeads = (projections: readonly Tensor[], width: number): NamedHeads => {
  const heads = projections.map((states) => bind(inHeads(states, width)));
  for (const states of projections) unname(states);
  return heads as NamedHeads;
};

/** Repeats keys and values for every query head that shares them. */
export const repeatedKeys = (heads: Heads): Heads => {
  const groups = groupsOf(heads);
  const repeated = (states: Tensor): Tensor => (groups > 1 ? rebind(states, repeatHeads(states, groups)) : states);
  return { query: heads.query, key: repeated(heads.key), value: repeated(heads.value) };
};

import { bind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { headsFirst, splitHeads } from "./heads.ts";

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

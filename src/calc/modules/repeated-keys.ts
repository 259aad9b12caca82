import { repeatHeads } from "#calc/tape/ops/matmul.ts";
import { rebind } from "#calc/tape/scope.ts";
import type { Heads, Tensor } from "#calc/tape/tape.ts";
import { groupsOf } from "./heads.ts";

/** Repeats keys and values for every query head that shares them. */
export const repeatedKeys = (heads: Heads): Heads => {
  const groups = groupsOf(heads);
  const repeated = (states: Tensor): Tensor => (groups > 1 ? rebind(states, repeatHeads(states, groups)) : states);
  return { query: heads.query, key: repeated(heads.key), value: repeated(heads.value) };
};

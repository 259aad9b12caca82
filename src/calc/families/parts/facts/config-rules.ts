import type { ConfigRule } from "#calc/model/config-facts.ts";

/** Key and value heads of code from before `num_key_value_heads`: one, where queries share them, else as many as heads. */
export const multiQuery = (
  written: Parameters<ConfigRule>[0],
  { num_attention_heads: heads = 0 }: Parameters<ConfigRule>[1],
): number => (written("multi_query") === false ? heads : 1);

/** Positions that are learned, and so many rows more. */
export const learnedPositions =
  (more: number): ConfigRule =>
  (_, { max_position_embeddings: positions }) =>
    positions === undefined ? {} : { learned_positions: positions + more };

import type { ConfigRule } from "#calc/model/config-facts.ts";

/** Key heads in configs older than `num_key_value_heads`: one where all queries share it (`multi_query`), else as many as query heads. */
export const multiQuery = (
  written: Parameters<ConfigRule>[0],
  { num_attention_heads: heads = 0 }: Parameters<ConfigRule>[1],
): number => (written("multi_query") === false ? heads : 1);

/** A table of learned positions with `more` rows beyond `max_position_embeddings`. */
export const learnedPositions =
  (more: number): ConfigRule =>
  (_, { max_position_embeddings: positions }) =>
    positions === undefined ? {} : { learned_positions: positions + more };

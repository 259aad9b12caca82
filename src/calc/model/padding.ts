import type { Scenario } from "./scenario.ts";

/** Whether rows of a batch differ in length: shorter ones are padded to the longest, and attention gets a mask. */
export const isPadded = ({ packing, micro_batch_size }: Pick<Scenario, "packing" | "micro_batch_size">): boolean =>
  !packing && micro_batch_size > 1;

/**
 * Whether masks of a padded batch or of windows are counted, and the kernels that take them: with the code of transformers 5, where no ranks divide sequences or layers.
 * The package flash-attn takes the padding out of each layer's queries, keys and values instead; how much that leaves is up to the rows.
 */
export const countsMasks = ({ modelling, attn_implementation, division }: Scenario): boolean =>
  modelling === "transformers" &&
  attn_implementation !== "flash" &&
  (division === undefined || (division.cp_size === 1 && division.pp_size === 1 && (division.ulysses_size ?? 1) === 1));

/**
 * Whether rows of so many positions reach the window of layers that have one: then causal attention is not all that their mask says, and it is made.
 *
 * @see transformers 5.24, masking_utils.py, `_ignore_causal_mask_sdpa` (`kv_length >= local_attention_size`)
 */
export const reachesWindow = (
  { architecture: { sliding_window } }: Pick<Scenario, "architecture">,
  positions: number,
): boolean => sliding_window !== undefined && positions >= sliding_window;

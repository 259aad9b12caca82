import type { Scenario } from "./scenario.ts";

/** Whether rows of a batch differ in length: shorter ones are padded to the longest, and attention gets a mask. */
export const isPadded = ({ packing, micro_batch_size }: Pick<Scenario, "packing" | "micro_batch_size">): boolean =>
  !packing && micro_batch_size > 1;

/**
 * Whether the mask of a padded batch is counted, and the kernels that take it: with the code of transformers 5, where no ranks divide sequences or layers.
 * The package flash-attn takes the padding out of each layer's queries, keys and values instead; how much that leaves is up to the rows.
 */
export const countsPadding = ({ modelling, attn_implementation, division }: Scenario): boolean =>
  modelling === "transformers" &&
  attn_implementation !== "flash" &&
  (division === undefined || (division.cp_size === 1 && division.pp_size === 1 && (division.ulysses_size ?? 1) === 1));

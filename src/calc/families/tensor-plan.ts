/** What is cut in all layers: heads of attention, the width of MLPs, of experts, of the expert that all tokens go to. */
export type Cut = "heads" | "mlp" | "experts" | "shared";

/**
 * How ranks divide the layers of a type of model; embedding and head are divided by the vocabulary in every plan. What is cut stays a part from the
 * matrices cut by columns to those cut by rows; around matrices that stand alone everything is whole.
 */
export type TensorPlan = Readonly<{
  cuts: readonly Cut[];
  /** Matrices cut by columns whose results are gathered at once (`colwise_gather_output`). */
  gathers?: readonly string[];
  /** Matrices cut by rows that take their share of a whole input (`rowwise_split_input`). */
  splits?: readonly string[];
  /** The whole projection of which heads that are divided share a part (`mla_kv_a_proj`). */
  shares?: string;
  /** Where the head stays whole on every rank. */
  head?: "whole";
}>;

/** A part of every layer that is cut: heads of attention, the width of MLPs, of experts, of the shared expert. */
export type Cut = "heads" | "mlp" | "experts" | "shared";

/**
 * How ranks divide the layers of a type of model. Every plan divides embedding and head by the vocabulary.
 *
 * - `cuts`: a pair of matrices, the first cut by columns and the second by rows. Between them tensors are divided: heads, or the width of an MLP.
 * - `gathers` and `splits`: single matrices, whose inputs and outputs are whole.
 */
export type TensorPlan = Readonly<{
  cuts: readonly Cut[];
  /** Matrices that are cut by columns, and whose outputs are gathered at once (`colwise_gather_output`). */
  gathers?: readonly string[];
  /** Matrices that are cut by rows, and that take their share of a whole input (`rowwise_split_input`). */
  splits?: readonly string[];
  /** A projection that is whole, though divided heads share a part of its output (`mla_kv_a_proj`). */
  shares?: string;
  /** Set where the head is whole on every rank. */
  head?: "whole";
}>;

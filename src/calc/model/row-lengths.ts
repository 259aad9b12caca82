/**
 * How long the rows of the data are, in tokens; none is longer than `sequence_length`. A step is as long as its longest row, so that what is reserved
 * follows from it. What is allocated at the peak does not: that is the longest step's.
 */
export type RowLengths = Readonly<
  /** Every step has a row of full length. */
  | { kind: "fixed" }
  /** Any length from 1 token on is as likely as any other. */
  | { kind: "uniform" }
  /** Log-normal, cut at the full length; `mean` is that of rows before they are cut. */
  | { kind: "lognormal"; mean: number }
>;

export const FIXED_LENGTHS: RowLengths = { kind: "fixed" };

/** What a run sets of PyTorch's caching allocator, under the names of `PYTORCH_CUDA_ALLOC_CONF`. */
export type AllocatorChoice = Readonly<{
  expandable_segments: boolean;
  /** Blocks of so many MiB and more are not split; null: all are. */
  max_split_size_mb: number | null;
}>;

/** What PyTorch does where nothing is set. */
export const DEFAULT_ALLOCATOR: AllocatorChoice = { expandable_segments: false, max_split_size_mb: null };

/** What a run sets of PyTorch's caching allocator, under the names of `PYTORCH_CUDA_ALLOC_CONF`. */
export type AllocatorChoice = Readonly<{
  expandable_segments: boolean;
  /** Blocks of so many MiB and more are not split; null: all are. */
  max_split_size_mb: number | null;
}>;

/** What PyTorch does where nothing is set. */
export const DEFAULT_ALLOCATOR: AllocatorChoice = { expandable_segments: false, max_split_size_mb: null };

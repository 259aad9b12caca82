/**
 * What a run sets of the allocator, under the names of `PYTORCH_CUDA_ALLOC_CONF`.
 *
 * @see c10/core/AllocatorConfig.h, `AcceleratorAllocatorConfig`, ROCm/pytorch@08b2238d, newer than the code of the allocator that is cited beside it (pytorch@001074d2).
 */
export type AllocatorSettings = Readonly<{
  /** What cudaMalloc and cuMemCreate can give in all; null: no limit. */
  limitBytes: number | null;
  /** One segment a pool that grows by pages, in the place of a segment for each large request. */
  expandable_segments: boolean;
  /** Blocks of so many MiB and more are not split (PyTorch takes 20 and more); null: all are. */
  max_split_size_mb: number | null;
  /**
   * The fraction of the limit above which blocks are given back that nobody asked for in a while; null: never. PyTorch heeds it only where
   * `set_per_process_memory_fraction` was called: that is the limit here.
   */
  garbage_collection_threshold: number | null;
}>;

/** What PyTorch does where nothing is set. */
export const DEFAULT_ALLOCATOR_SETTINGS: AllocatorSettings = {
  limitBytes: null,
  expandable_segments: false,
  max_split_size_mb: null,
  garbage_collection_threshold: null,
};

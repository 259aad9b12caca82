/** Facts that hold for a whole run, and decide what operations allocate. */
export type Policies = Readonly<{
  /**
   * Whether to run as PyTorch does on fake CPU tensors, which references are made with: gradients are never added in place, layer norms keep
   * their statistics in the input's type, and code that asks for CUDA's autocast finds none. Otherwise as on a GPU.
   */
  fakeTensors: boolean;
  /** Whether b = 1. Then a transposed [1, heads, s, width] is seen as [heads, s, width] without a copy; several rows must be copied. */
  singleRow: boolean;
  /**
   * Whether a scan takes the sequence in one chunk. Then a transposed tensor of chunks is seen as matrices without a copy, as with
   * `singleRow`.
   */
  singleChunk: boolean;
  /** Whether a scan pads the last chunk. The padded copy is contiguous (see `pad` for the exception). */
  paddedChunk: boolean;
  /** Whether a loss in tiles has several of tokens, so that it takes the head's only chunk again; absent: it has one. */
  tilesOfTokens?: boolean;
  /** Whether the batch is one pair of rows; absent: it is not. */
  singlePair?: boolean;
  /** Whether all dropout is 0; absent: it is as modules have it. */
  withoutDropout?: boolean;
}>;

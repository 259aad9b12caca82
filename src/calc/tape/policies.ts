/** What a run takes for granted from its beginning to its end. */
export type Policies = Readonly<{
  /**
   * Whether to run as PyTorch does on fake CPU tensors, which references are made with: gradients are never added in place, layer norms keep
   * their statistics in the input's type, and code that asks for CUDA's autocast finds none. Otherwise as on a GPU.
   */
  fakeTensors: boolean;
  /** Whether the batch is one row: several rows in another order must be copied where one is a view. */
  singleRow: boolean;
  /** Whether a scan takes the sequence in one chunk: rows of several chunks in another order must be copied where one is a view. */
  singleChunk: boolean;
  /** Whether a scan fills the last chunk up: what is filled up lies in order. */
  paddedChunk: boolean;
}>;

import type { Storage } from "./ledger/ledger.ts";
import type { Writable } from "./writable.ts";

/** What is known of the hidden states that the layers of a run hand to each other. */
export type Layers = Readonly<{
  /** The storage of the hidden states that the first layer was handed, by micro step. */
  handed: Storage[];
  /**
   * Whether every layer so far returned a tensor like the one it was handed, and none shares states with others. Then one layer of a kind
   * stands for all.
   */
  alike: boolean;
  /** Whether the model that runs is another than the one that is trained. @see runApart */
  apart: boolean;
}>;

export const createLayers = (): Layers => ({ handed: [], alike: true, apart: false });

/** Notes whether a layer, or what all layers share, is as in the other layers. One exception makes `alike` false for the run. */
export const tellAlike = (layers: Layers, isAlike: boolean): void => {
  if (layers.apart) return;
  const writable: Writable<Layers> = layers;
  writable.alike &&= isAlike;
};

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

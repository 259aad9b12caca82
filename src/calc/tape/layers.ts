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

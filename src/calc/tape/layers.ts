import type { Storage } from "./ledger/ledger.ts";
import type { Writable } from "./writable.ts";

/** What the layers of a run have handed each other. */
export type Layers = Readonly<{
  /** What the first layer was handed, by micro step. */
  handed: Storage[];
  /** Whether every layer handed on what it had been handed, as far as a layer can tell. */
  alike: boolean;
}>;

export const createLayers = (): Layers => ({ handed: [], alike: true });

/** A layer, or what all share, is or is not as the others see it. One that is not is enough. */
export const tellAlike = (layers: Layers, isAlike: boolean): void => {
  const told: Writable<Layers> = layers;
  told.alike &&= isAlike;
};

import type { LayerLayout } from "#calc/families/model-layout.ts";

/** The layers that are run on paper, and for each layer of the model which of them stands for it. */
export type Chain = Readonly<{ run: readonly LayerLayout[]; stands: readonly number[] }>;

/**
 * Chooses the layers to run: the first (its input has no gradient, with LoRA), and one of each kind after each kind. A layer's memory depends on
 * nothing else, so that one run stands for all layers alike; that is held against running every layer.
 */
export const chainOf = (kinds: readonly LayerLayout[]): Chain => {
  const run: LayerLayout[] = [];
  const stands: number[] = [];
  const known = new Map<string, number>();
  kinds.forEach((kind, index) => {
    const before = index === 0 ? "" : (kinds[index - 1]?.kind ?? "");
    const signature = `${before}>${kind.kind}`;
    let place = index === 0 ? undefined : known.get(signature);
    if (place === undefined) {
      // The layer before it must be of the kind it has in the model.
      const previous = kinds[index - 1];
      if (previous !== undefined && run[run.length - 1] !== previous) run.push(previous);
      place = run.length;
      run.push(kind);
      if (index > 0) known.set(signature, place);
    }
    stands.push(place);
  });
  return { run, stands };
};

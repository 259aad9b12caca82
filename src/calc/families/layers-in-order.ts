import type { Architecture } from "#calc/model/architecture.ts";
import type { LayerLayout } from "#calc/model/layout.ts";
import type { Forward } from "#calc/modules/forward.ts";

/** The layout of every layer of a model, in order: where layouts come in turns, as they say themselves or as the modelling code does. */
export const layersInOrder = (
  layers: readonly LayerLayout[],
  architecture: Architecture,
  forward: Pick<Forward, "layoutKind">,
): readonly LayerLayout[] => {
  const oneByOne = layers.flatMap((layer) => Array.from({ length: layer.count }, () => layer));
  return oneByOne.map((layer, index) => {
    const own = forward.layoutKind?.(architecture, index);
    return layers.find((other) => other.at?.includes(index) ?? other.kind === own) ?? layer;
  });
};

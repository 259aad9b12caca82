import { onceForEach } from "#calc/base/once-for-each.ts";
import type { TensorGroup } from "#calc/parameters/tensor-group.ts";

/** How a tensor is counted, and where it stands. */
type Counted = Pick<TensorGroup, "count" | "layerKind">;

/**
 * Tensors one by one, each of count 1, those of a group the same object: first those of a kind of layer, layer by layer, of a group that stands in each layer once; then those of the next kind.
 * Those outside the layers are a layer of their own. Of a stage of a pipeline there are fewer layers than the model has: as many as there are tensors.
 */
export const layerByLayer = <Of extends Counted>(
  tensors: readonly Of[],
  layersOf: (kind: string) => number,
): readonly (readonly Of[])[] => {
  const oneOf = onceForEach((tensor: Of): Of => ({ ...tensor, count: 1 }));
  const single = (tensor: Of, count: number): readonly Of[] => Array.from({ length: count }, () => oneOf(tensor));
  const kinds = [...new Set(tensors.map(({ layerKind }) => layerKind))];
  return kinds.flatMap((kind) => {
    const ofKind = tensors.filter(({ layerKind }) => layerKind === kind);
    const layers = kind === null ? 1 : Math.min(layersOf(kind), ...ofKind.map(({ count }) => count));
    return Array.from({ length: layers }, () => ofKind.flatMap((tensor) => single(tensor, tensor.count / layers)));
  });
};

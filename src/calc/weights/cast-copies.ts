import { allocated } from "#calc/allocation.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import { type Amount, NOTHING, plus, product, times } from "#calc/formula/amount.ts";
import { constant, counted } from "#calc/formula/inputs.ts";

/** 16-bit copies of fp32 weights that autocast makes for their products. */
export type WeightCopies = Readonly<{
  head: Amount;
  /** By kind of layer: of one layer. */
  layers: ReadonlyMap<string, Amount>;
  /** Of all layers together, those that are cached through the whole forward because their weights are trained. */
  cached: Amount;
}>;

/** Which weights are fp32 where autocast wants 16 bits. */
export type CastWeights = Readonly<{
  areLinearsCast: boolean;
  areAdaptersCast: boolean;
  isHeadCast: boolean;
  isBaseTrained: boolean;
}>;

const CAST_BYTES = 2;

const copyOf = (name: string, elements: number): Amount =>
  elements === 0
    ? NOTHING
    : {
        bytes: allocated(elements * CAST_BYTES),
        formula: product(counted(name, elements), constant("bytes of autocast's copy", CAST_BYTES)),
      };

const isMatrix = ({ role, shape }: TensorGroup): boolean =>
  role === "linear" || role === "experts" || (role === "adapter" && shape.length > 1);

/** Elements of matrices in one layer of a kind. */
const elementsIn = (tensors: readonly TensorGroup[], kind: string, count: number): number => {
  let elements = 0;
  for (const tensor of tensors)
    if (tensor.layerKind === kind && isMatrix(tensor)) elements += (tensor.elements * tensor.count) / count;
  return elements;
};

/**
 * The copies of a scenario: of every linear where the model is fp32, of fp32 adapters, of a fp32 head. A copy is saved for backward; those of trained
 * weights are besides cached until the forward's context ends, even with checkpointing.
 *
 * @see aten/src/ATen/autocast_mode.cpp, `cached_cast` (`can_try_cache`: fp32 leaves that need a gradient).
 */
export const castCopies = (
  layout: ModelLayout,
  tensors: Readonly<{ base: readonly TensorGroup[]; adapters: readonly TensorGroup[] }>,
  cast: CastWeights,
): WeightCopies => {
  const { in_features, out_features } = layout.head.module;
  const layers = new Map<string, Amount>();
  const cached: Amount[] = [];
  for (const { kind, count } of layout.layers) {
    const layersInput = constant("layers", count);
    const linears = cast.areLinearsCast
      ? copyOf("weights of a layer's matrices", elementsIn(tensors.base, kind, Math.max(1, count)))
      : NOTHING;
    const adapters = cast.areAdaptersCast
      ? copyOf("weights of a layer's adapters", elementsIn(tensors.adapters, kind, Math.max(1, count)))
      : NOTHING;
    layers.set(kind, plus(linears, adapters));
    cached.push(times(layersInput, plus(cast.isBaseTrained ? linears : NOTHING, adapters)));
  }
  return {
    head: cast.isHeadCast ? copyOf("weights of the head", in_features * out_features) : NOTHING,
    layers,
    cached: plus(...cached),
  };
};

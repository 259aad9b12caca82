import { allocated } from "#calc/allocation.ts";
import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { type Amount, NOTHING, plus, product, times } from "#calc/formula/amount.ts";
import { constant, counted } from "#calc/formula/inputs.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import type { WeightCopies } from "#calc/step/holdings.ts";

const CAST_BYTES = 2;
const NONE: WeightCopies = { head: NOTHING, layers: new Map(), all: NOTHING };

const copyOf = (name: string, elements: number): Amount => ({
  bytes: allocated(elements * CAST_BYTES),
  formula: product(counted(name, elements), constant("bytes of autocast's copy", CAST_BYTES)),
});

/**
 * The 16-bit copies that autocast makes of fp32 weights for their products: of every linear, where the model is fp32, and of a fp32 head alone
 * after k-bit preparation.
 *
 * @see aten/src/ATen/autocast_mode.cpp, `cached_cast` (copies of trained leaves are cached until the context ends).
 */
export const castCopies = (
  layout: ModelLayout,
  tensors: readonly TensorGroup[],
  cast: Readonly<{ areLinearsCast: boolean; isHeadCast: boolean }>,
): WeightCopies => {
  if (!cast.areLinearsCast && !cast.isHeadCast) return NONE;
  const { in_features, out_features } = layout.head.module;
  const head = copyOf("weights of the head", in_features * out_features);
  if (!cast.areLinearsCast) return { head, layers: new Map(), all: head };
  const layers = new Map<string, Amount>();
  const sums: Amount[] = [head];
  for (const { kind, count } of layout.layers) {
    const elements = tensors
      .filter((tensor) => tensor.layerKind === kind && (tensor.role === "linear" || tensor.role === "experts"))
      .reduce((total, tensor) => total + (tensor.elements * tensor.count) / Math.max(1, count), 0);
    const layer = copyOf("weights of a layer's matrices", elements);
    layers.set(kind, layer);
    sums.push(times(constant("layers", count), layer));
  }
  return { head, layers, all: plus(...sums) };
};

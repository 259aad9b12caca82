import type { TensorGroup } from "#calc/count/tensor-group.ts";
import { type Amount, NOTHING, plus, product, times } from "#calc/formula/amount.ts";
import { constant, counted } from "#calc/formula/inputs.ts";
import type { Sharding } from "#calc/scenario.ts";
import { COMPUTE_BYTES } from "./sharding.ts";

/** The layer at work and the one fetched ahead. */
const LAYERS_GATHERED = 2;
/** A unit's gradients, and their copy in the buffer that is reduced and scattered. */
const UNREDUCED_TENSORS = 2;

/** Parameters that are gathered together: those outside the layers, and those of the largest layer. */
export type Units = Readonly<{ root: number; layer: number }>;

/** Gradients before they are reduced: of one layer, and of what stands outside the layers. */
export type Unreduced = Readonly<{ layer: Amount; root: Amount }>;

export const NOTHING_UNREDUCED: Unreduced = { layer: NOTHING, root: NOTHING };

/** Counts the units of a model. */
export const unitsOf = (tensors: readonly TensorGroup[], layerCounts: ReadonlyMap<string, number>): Units => {
  let root = 0;
  const layers = new Map<string, number>();
  for (const { layerKind, elements, count } of tensors)
    if (layerKind === null) root += elements * count;
    else layers.set(layerKind, (layers.get(layerKind) ?? 0) + (elements * count) / (layerCounts.get(layerKind) ?? 1));
  return { root, layer: Math.max(0, ...layers.values()) };
};

const ofRoot = ({ root }: Units, name: string, bytesEach: number): Amount => ({
  bytes: Math.ceil(root * bytesEach),
  formula: product(counted("parameters outside the layers", root), constant(name, bytesEach)),
});

const ofLayer = ({ layer }: Units, name: string, bytesEach: number): Amount => ({
  bytes: Math.ceil(layer * bytesEach),
  formula: product(counted("parameters of a layer", layer), constant(name, bytesEach)),
});

/** Whole parameters on a rank, at three points of forward and backward. */
export type Gathered = Readonly<{ atLoss: Amount; inLayers: Amount; atEnd: Amount }>;

export const NOTHING_GATHERED: Gathered = { atLoss: NOTHING, inLayers: NOTHING, atEnd: NOTHING };

/**
 * Whole parameters on a rank while forward and backward run. FSDP: what stands outside the layers (its root unit) with one layer at the loss and two
 * inside the layers; the root is given back before its gradients are reduced. ZeRO-3: the larger of root and two layers.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param_group.py, `unshard`, `post_backward`;
 * deepspeed/runtime/zero/partitioned_param_coordinator.py.
 */
export const gatheredUnits = (sharding: Sharding, units: Units, bytesEach: number): Gathered => {
  const root = ofRoot(units, "bytes gathered", bytesEach);
  const layer = ofLayer(units, "bytes gathered", bytesEach);
  const layers = times(constant("layers gathered", LAYERS_GATHERED), layer);
  if (sharding === "fsdp1" || sharding === "fsdp2")
    return { atLoss: plus(root, layer), inLayers: plus(root, layers), atEnd: NOTHING };
  const larger = root.bytes > layers.bytes ? root : layers;
  return { atLoss: larger, inLayers: larger, atEnd: larger };
};

/** A trained unit's gradients in 16 bits and their copy that is reduced. */
export const unreducedUnits = (units: Units): Unreduced => {
  const bytesEach = COMPUTE_BYTES * UNREDUCED_TENSORS;
  return {
    layer: ofLayer(units, "bytes before reduction", bytesEach),
    root: ofRoot(units, "bytes before reduction", bytesEach),
  };
};

import { enterLayer } from "#calc/tape/enter-layer.ts";
import type { Tape, Leaf } from "#calc/tape/tape.ts";
import { beginSegment } from "#calc/tape/ledger/segments.ts";
import { type Unit, type Units, flat, takeGradients } from "./units.ts";
import type { Element } from "#calc/base/elements.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { RankOptions } from "#calc/model/rank-options.ts";
import { assert } from "#calc/base/assert.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";

/** Enters layer −1: what a callback at the end of backward does belongs to no layer. */
export const enterRoot = (tape: Tape): void => {
  if (tape.position.layer !== -1) enterLayer(tape, -1);
};

/** Units in the order in which they are finished, each with its layer; null: it has no segment of its own and is finished at the end of backward. */
type Left = Readonly<{ layers: number; units: readonly (readonly [layer: number | null, unit: Unit])[] }>;

/** The units that are left after backward: first those outside the layers, then layer by layer. */
export const unfinishedUnits = (units: Pick<Units, "all" | "layers">, isLeft: (unit: Unit) => boolean): Left => {
  const left = units.all().filter(([, unit]) => isLeft(unit));
  const outside = left.filter(([index]) => index < 0).map(([, unit]) => [null, unit] as const);
  return { layers: units.layers(), units: [...outside, ...left.filter(([index]) => index >= 0)] };
};

/** Every unit in the order of the model's modules. The unit of what is after the layers comes last, unless the embeddings are in it too. */
export const unitsInModuleOrder = (units: Units): Left => {
  const layers = units.layers();
  const layerOf = (index: number): number => (units.isAfterLayers(index) ? layers : Math.max(index, -1));
  const byLayer = units.all().map(([index, unit]) => [layerOf(index), unit] as const);
  return { layers, units: byLayer.toSorted(([one], [other]) => one - other) };
};

/** Begins a segment of a layer after the last node of backward. It is counted for each layer of the model that this one stands for. −1: it is no layer's. */
export const finishLayer = ({ recorder, position }: Tape, layer: number): void =>
  beginSegment(recorder.ledger, { ...position, phase: "finish", layer });

/** Finishes units one by one, each in a segment of its layer. */
export const finishUnits = (tape: Tape, { layers, units }: Left, finish: (unit: Unit) => void): void => {
  let entered: number | null = null;
  const enter = (next: number): void => {
    if (next !== entered) finishLayer(tape, next);
    entered = next;
  };
  for (const [layer, unit] of units) {
    if (layer !== null) enter(layer);
    finish(unit);
  }
  if (entered !== null) enter(layers);
};

/**
 * Whether the gradients of this micro step stay unsharded until the last one (`no_sync`). Of the micro steps before the last only the first is run, as they
 * are equal, and before it one that LitGPT's loop still holds, which is as little the last.
 *
 * @see accelerate/accelerator.py, `no_sync`; transformers/trainer.py, `_inner_training_loop`
 */
export const keepsUnshardedGradients = ({ position: { microStep } }: Tape, { noSync }: RankOptions): boolean =>
  noSync && microStep <= 0;

/**
 * Keeps a unit's unsharded gradients as FSDP2 does: cast to the type that they will be reduced in. Those of later micro steps are added to them. In bf16 they
 * are not cast, and autograd adds to them.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `to_accumulated_grad_if_needed`, `accumulate_unsharded_grad_if_needed`
 */
export const accumulateGradients = ({ recorder: { ledger } }: Tape, unit: Unit, reduce: Element): void => {
  if (reduce === "bf16") return;
  const isFirst = unit.accumulated.length === 0;
  for (const [each, gradient] of takeGradients(unit)) {
    const elements = gradient.shape.factor;
    if (isFirst) unit.accumulated.push([each, flat(ledger, { op: "to", term: "gradients", elements, dtype: reduce })]);
    release(ledger, gradient);
  }
};

/** Hooks on gradients: `loaded` puts one on a leaf, `finish` runs after the last node of backward. */
type Gradients = Readonly<{ loaded: (leaf: Leaf) => void; finish: () => void }>;

/**
 * Gradients under ZeRO.
 *
 * - The reduce bucket: stages 1 and 2 allocate it when the first gradient arrives; stage 3 has had it from the start (`rankHoldings`).
 * - Stages 2 and 3 copy each gradient into the bucket and free it. When the bucket is full, it is reduced: where not every layer is run, `filling` says how full it is. A gradient larger than the bucket is not copied: it
 *   stays until the next gradient arrives.
 * - Stage 1 keeps whole gradients, and reduces them after the last micro step's backward.
 * - The rank's partition of the reduced gradients: stage 2 allocates it with the bucket, stage 1 after backward; stage 3 has it from the start.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `setup_buckets`, `reduce_independent_p_g_buckets_and_remove_grads`, `average_tensor`,
 * `copy_grads_in_partition`; stage3.py, `__reduce_and_partition_ipg_grads`
 */
export const zeroGradients = (tape: Tape, options: RankOptions): Gradients => {
  const { strategy, zero } = options;
  assert(zero !== null, "ZeRO has buckets");
  const { ledger } = tape.recorder;
  const { reduceBucket, share, filling } = zero;
  const leaves = new Map<number, Leaf[]>();
  let entered: number | null = null;
  let bucket: Storage | null = null;
  let partition: Storage | null = null;
  let earlierPartition: Storage | null = null;
  let filled = 0;
  let large: Storage | null = null;

  const setUpBucket = (): void => {
    if (bucket !== null || strategy === "zero3") return;
    bucket = flat(ledger, { op: "reduce bucket", elements: reduceBucket, dtype: "bf16" });
    if (strategy === "zero2") allocatePartition();
  };
  const allocatePartition = (): void => {
    partition = flat(ledger, { op: "gradients of the partition", term: "gradients", elements: share, dtype: "bf16" });
  };
  /** Reduces the bucket: `average_tensor` makes a flat copy of its gradients for the all-reduce. */
  const reduceFilled = (): void => {
    if (large !== null) release(ledger, large);
    else if (filled > 0) release(ledger, flat(ledger, { op: "all-reduce", elements: filled, dtype: "bf16" }));
    large = null;
    filled = 0;
  };
  /** Elements in the bucket from layers of the model that are not run themselves. */
  const fillBefore = (layer: number): void => {
    if (layer !== entered) filled = filling?.before[layer] ?? filled;
    entered = layer;
  };
  const fillAfterAll = (): void => {
    entered = null;
    if (large === null) filled = filling?.left ?? filled;
  };
  const gradientArrived = (leaf: Leaf, layer: number): void => {
    setUpBucket();
    fillBefore(layer);
    const { gradient } = leaf;
    if (strategy === "zero1" || gradient === null) return;
    const elements = gradient.shape.factor;
    if (large !== null || filled + elements > reduceBucket) reduceFilled();
    leaf.gradient = null;
    if (elements > reduceBucket) {
      large = gradient;
      return;
    }
    filled += elements;
    release(ledger, gradient);
  };

  /** Frees the bucket, and the partition of earlier micro steps, which has been added to this one's. */
  const freeBucket = (): void => {
    for (const each of [bucket, earlierPartition]) if (each !== null) release(ledger, each);
    bucket = null;
    earlierPartition = partition;
    partition = null;
  };
  const freeGradient = (leaf: Leaf): void => {
    if (leaf.gradient !== null) release(ledger, leaf.gradient);
    leaf.gradient = null;
  };

  return {
    loaded: (leaf) => {
      const layer = ledger.segments.at(-1)?.layer ?? -1;
      leaves.set(layer, [...(leaves.get(layer) ?? []), leaf]);
      leaf.arrived = () => gradientArrived(leaf, layer);
    },
    finish: () => {
      enterRoot(tape);
      fillAfterAll();
      reduceFilled();
      const hasNone = strategy === "zero3" || bucket === null;
      if (hasNone || (strategy === "zero1" && keepsUnshardedGradients(tape, options))) return;
      if (strategy === "zero1") allocatePartition();
      freeBucket();
      if (strategy !== "zero1") return;
      for (const [layer, each] of leaves) {
        finishLayer(tape, layer);
        for (const leaf of each) freeGradient(leaf);
      }
    },
  };
};

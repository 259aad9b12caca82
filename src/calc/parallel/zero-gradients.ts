// Gradients of ZeRO with their buckets, and the order in which FSDP and ZeRO finish units after backward.

import type { Tape, Leaf } from "#calc/tape/tape.ts";
import { allocateFlat } from "./units.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { RankOptions } from "#calc/model/step-options.ts";
import { assert } from "#calc/base/guards.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { enterRoot, finishLayer, keepsUnshardedGradients } from "./finished-units.ts";

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
    bucket = allocateFlat(ledger, { op: "reduce bucket", elements: reduceBucket, dtype: "bf16" });
    if (strategy === "zero2") allocatePartition();
  };
  const allocatePartition = (): void => {
    partition = allocateFlat(ledger, {
      op: "gradients of the partition",
      term: "gradients",
      elements: share,
      dtype: "bf16",
    });
  };
  /** Reduces the bucket: `average_tensor` makes a flat copy of its gradients for the all-reduce. */
  const reduceFilled = (): void => {
    if (large !== null) release(ledger, large);
    else if (filled > 0) release(ledger, allocateFlat(ledger, { op: "all-reduce", elements: filled, dtype: "bf16" }));
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

import { assert } from "#calc/base/assert.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import type { Leaf, Tape } from "#calc/tape/tape.ts";
import { enterRoot } from "./enter-root.ts";
import { finishLayer } from "./finish-units.ts";
import { isKept } from "./keep-whole.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { flat } from "./units.ts";

/** What happens to gradients: as they come, and after the last node of backward. */
type Gradients = Readonly<{ loaded: (leaf: Leaf) => void; finish: () => void }>;

/**
 * Gradients under ZeRO. The first that comes makes the buffer they are reduced in (stages 1 and 2; stage 3 has it from the start); in stages 2 and 3 each is
 * copied into it and gone, but for one that is larger than the buffer, which waits until the next comes. The rank's share is kept apart: in stages 1 and 2 from
 * the first reduction on. Stage 1 reduces after backward, that of the last micro step.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `setup_buckets`, `reduce_independent_p_g_buckets_and_remove_grads`, `average_tensor`,
 * `copy_grads_in_partition`; stage3.py, `__reduce_and_partition_ipg_grads`
 */
export const zeroGradients = (tape: Tape, options: RankOptions): Gradients => {
  const { strategy, zero } = options;
  assert(zero !== null, "ZeRO has buckets");
  const { ledger } = tape.recorder;
  const { reduceBucket, share } = zero;
  const leaves = new Map<number, Leaf[]>();
  let bucket: Storage | null = null;
  let own: Storage | null = null;
  let summed: Storage | null = null;
  let filled = 0;
  let large: Storage | null = null;

  const begin = (): void => {
    if (bucket !== null || strategy === "zero3") return;
    bucket = flat(ledger, { op: "reduce bucket", elements: reduceBucket, dtype: "bf16" });
    if (strategy === "zero2") keepShare();
  };
  const keepShare = (): void => {
    own = flat(ledger, { op: "gradients of the partition", term: "gradients", elements: share, dtype: "bf16" });
  };
  /** Gradients of several ranks are put together for the sum, in a copy. */
  const flush = (): void => {
    if (large !== null) release(ledger, large);
    else if (filled > 0) release(ledger, flat(ledger, { op: "all-reduce", elements: filled, dtype: "bf16" }));
    large = null;
    filled = 0;
  };
  const arrived = (leaf: Leaf): void => {
    begin();
    const { gradient } = leaf;
    if (strategy === "zero1" || gradient === null) return;
    const elements = gradient.shape.factor;
    if (large !== null || filled + elements > reduceBucket) flush();
    leaf.gradient = null;
    if (elements > reduceBucket) {
      large = gradient;
      return;
    }
    filled += elements;
    release(ledger, gradient);
  };

  /** The buffer goes, and what came before the rank's share of this micro step: it has been added to it. */
  const endReduction = (): void => {
    for (const each of [bucket, summed]) if (each !== null) release(ledger, each);
    bucket = null;
    summed = own;
    own = null;
  };
  const takeGradient = (leaf: Leaf): void => {
    if (leaf.gradient !== null) release(ledger, leaf.gradient);
    leaf.gradient = null;
  };

  return {
    loaded: (leaf) => {
      const layer = ledger.segments.at(-1)?.layer ?? -1;
      leaves.set(layer, [...(leaves.get(layer) ?? []), leaf]);
      leaf.arrived = () => arrived(leaf);
    },
    finish: () => {
      enterRoot(tape);
      flush();
      const hasNone = strategy === "zero3" || bucket === null;
      if (hasNone || (strategy === "zero1" && isKept(tape, options))) return;
      if (strategy === "zero1") keepShare();
      endReduction();
      if (strategy !== "zero1") return;
      for (const [layer, each] of leaves) {
        finishLayer(tape, layer);
        for (const leaf of each) takeGradient(leaf);
      }
    },
  };
};

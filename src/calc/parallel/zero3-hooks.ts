import type { RankHooks } from "#calc/tape/tape.ts";
import { assert } from "#calc/base/assert.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { afterBackward } from "./after-backward.ts";
import { enterRoot } from "./enter-root.ts";
import { finishUnits, outsideFirst } from "./finish-units.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { EMBEDDINGS, flat, setUnsharded, type Unit, unitsOn } from "./units.ts";
import { zeroGradients } from "./zero-gradients.ts";

/**
 * DeepSpeed's ZeRO-3: parameters are gathered module by module, each straight into its own buffer. In forward and in backward, every call of a module, even of
 * one without parameters, prefetches parameters of the modules that come next, until `max_live_parameters` are whole. A parameter that prefetching found whole
 * is not partitioned before it is used again. So a model of at most `max_live_parameters` is whole from its forward to its backward; of a larger model that
 * many parameters are whole all the time.
 *
 * @see deepspeed/runtime/zero/partitioned_param_coordinator.py (0.19), `_fetch_sub_module_impl`, `__params_to_release`; partition_parameters.py,
 * `_all_gather_sequential`
 */
export const zero3Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape.recorder;
  const { zero } = options;
  assert(zero !== null, "ZeRO has buckets");
  const units = unitsOn(tape, options);
  const gradients = zeroGradients(tape, options);
  let live: Storage | null = null;
  const gather = (unit: Unit): void => {
    if (zero.live === 0) setUnsharded(ledger, unit, true);
    else live ??= flat(ledger, { op: "all-gather", elements: zero.live, dtype: "bf16" });
  };
  const partition = (unit: Unit): void => setUnsharded(ledger, unit, false);
  return {
    loaded: (tensor) => {
      const leaf = units.loaded(tensor)?.leaf ?? null;
      if (leaf !== null) gradients.loaded(leaf);
    },
    enter: (index, inputs) => {
      const unit = units.of(index);
      gather(unit);
      // Backward does not come to embeddings whose output needs no gradient.
      if (index === 0 && inputs[0].node === null && units.hasEmbeddings()) partition(units.of(EMBEDDINGS));
      if (index === -1 && units.hasEmbeddings()) gather(units.of(EMBEDDINGS));
      return index === -1 ? inputs : afterBackward(inputs, () => partition(unit));
    },
    leave: (index, output) => {
      // Where norm and head are a unit of their own, its backward is over when that of the last layer begins.
      if (index === units.layers() - 1 && units.hasEmbeddings() && output.node !== null)
        output.node.before = () => partition(units.of(-1));
      return output;
    },
    finish: () => {
      gradients.finish();
      enterRoot(tape);
      finishUnits(
        tape,
        outsideFirst(units, ({ isUnsharded }) => isUnsharded),
        partition,
      );
      if (live !== null) release(ledger, live);
      live = null;
    },
  };
};

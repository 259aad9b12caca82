import type { RankHooks } from "#calc/tape/tape.ts";
import { assert } from "#calc/base/assert.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { afterBackward } from "./after-backward.ts";
import { enterRoot } from "./enter-root.ts";
import { finishUnits, outsideFirst } from "./finish-units.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { EMBEDDINGS, flat, setWhole, type Unit, unitsOn } from "./units.ts";
import { zeroGradients } from "./zero-gradients.ts";

/**
 * DeepSpeed's ZeRO-3: parameters are gathered module by module, each straight into its own buffer. Every call of a module, also of one without
 * parameters, gathers more of those that come next, through forward and backward alike, until `max_live_parameters` are whole; and what it looked past
 * because it was whole is not partitioned before it is used there. So a model of no more than that is whole from its forward to its backward; of a
 * larger one so many parameters are, whatever runs.
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
    if (zero.live === 0) setWhole(ledger, unit, true);
    else live ??= flat(ledger, { op: "all-gather", elements: zero.live, dtype: "bf16" });
  };
  const partition = (unit: Unit): void => setWhole(ledger, unit, false);
  return {
    loaded: (tensor) => {
      const leaf = units.loaded(tensor)?.leaf ?? null;
      if (leaf !== null) gradients.loaded(leaf);
    },
    enter: (index, inputs) => {
      const unit = units.of(index);
      gather(unit);
      // What nothing asks for a gradient of is not needed in backward.
      if (index === 0 && inputs[0].node === null && units.hasEmbeddings()) partition(units.of(EMBEDDINGS));
      if (index === -1 && units.hasEmbeddings()) gather(units.of(EMBEDDINGS));
      return index === -1 ? inputs : afterBackward(inputs, () => partition(unit));
    },
    leave: (index, output) => {
      // With embeddings of its own the head has had its backward before the last layer.
      if (index === units.layers() - 1 && units.hasEmbeddings() && output.node !== null)
        output.node.before = () => partition(units.of(-1));
      return output;
    },
    finish: () => {
      gradients.finish();
      enterRoot(tape);
      finishUnits(
        tape,
        outsideFirst(units, ({ isWhole }) => isWhole),
        partition,
      );
      if (live !== null) release(ledger, live);
      live = null;
    },
  };
};

import { release } from "#calc/tape/ledger.ts";
import type { RankHooks } from "#calc/tape/rank-hooks.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { afterBackward } from "./after-backward.ts";
import { enterRoot } from "./enter-root.ts";
import type { RankOptions } from "./rank-options.ts";
import { flat, setWhole, shardOf, type Unit, unitsOn } from "./units.ts";

/**
 * DeepSpeed's ZeRO-3: parameters are gathered module by module and partitioned again after the module's forward and backward, but for those that are
 * needed again soon (`keptLayers`); a gathered parameter is put together from a buffer of all ranks' parts. A gradient goes into the bucket that is
 * reduced as soon as it has come. What stands outside the layers is gathered for the loss, and once more for the embedding's backward.
 *
 * @see deepspeed/runtime/zero/partitioned_param_coordinator.py, partition_parameters.py (`AllGatherCoalescedHandle`), stage3.py
 */
export const zero3Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape;
  const { ranks, keptLayers } = options;
  const units = unitsOn(tape, options);
  const gather = (unit: Unit): void => {
    if (unit.isWhole) return;
    const buffer = flat(ledger, { op: "all-gather", elements: ranks * shardOf(unit.parameters), dtype: "bf16" });
    setWhole(ledger, unit, true);
    release(ledger, buffer);
  };
  const partition = (unit: Unit): void => setWhole(ledger, unit, false);
  return {
    loaded: (tensor) => {
      const leaf = units.loaded(tensor)?.leaf;
      if (leaf === null || leaf === undefined) return;
      leaf.arrived = () => {
        if (leaf.gradient !== null) release(ledger, leaf.gradient);
        leaf.gradient = null;
      };
    },
    enter: (index, inputs) => {
      const unit = units.of(index);
      if (index === 0) partition(units.of(-1));
      gather(unit);
      return index === -1 ? inputs : afterBackward(inputs, () => partition(unit));
    },
    leave: (index, output) => {
      const last = units.layers() - 1;
      if (index >= 0 && last - index >= keptLayers) partition(units.of(index));
      if (index === last) gather(units.of(-1));
      if (output.node !== null)
        output.node.before = () => {
          if (index === last) partition(units.of(-1));
          gather(units.of(index));
        };
      return output;
    },
    finish: () => {
      enterRoot(tape);
      for (const unit of units.all()) partition(unit);
    },
  };
};

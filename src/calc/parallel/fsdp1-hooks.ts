import type { RankHooks, Tape } from "#calc/tape/tape.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { afterBackward } from "./after-backward.ts";
import { castInputs } from "./cast-inputs.ts";
import { enterRoot } from "./enter-root.ts";
import { finishLayer } from "./finish-units.ts";
import { isKept } from "./accumulate-gradients.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import {
  castShards,
  emptyUnit,
  flat,
  keepGradient,
  setUnsharded,
  shardOf,
  ownRows,
  takeGradients,
  type Unit,
  unitsOn,
} from "./units.ts";

/**
 * FSDP1: each layer is a unit with one flat parameter, and what stands outside the layers is another. An all-gather writes straight into the unsharded flat
 * parameter, without a buffer. In backward the unit before is prefetched while one runs. The gradients of a unit's parameters wait until the last one has come;
 * then they are concatenated into a flat gradient, which is reduce-scattered. PEFT's wrapping policy makes each adapter's module a unit of its own inside its
 * layer. Then the layer before is prefetched only when backward reaches the adapter that came first in forward: when one gradient is left to come.
 *
 * @see torch/distributed/fsdp/_runtime_utils.py, _flat_param.py (PyTorch 2.13); peft/utils/other.py, `fsdp_auto_wrap_policy`
 */
export const fsdp1Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape.recorder;
  const { ranks, reduce } = options;
  const units = unitsOn(tape, options);
  /**
   * By layer, the storages that the hook on a frozen unit's inputs keeps until the end of backward. With reentrant checkpointing the inputs are leaves, whose
   * `AccumulateGrad` nodes own input and gradient. @see `_register_post_backward_reshard_only_hook`, `_finalize_params`
   */
  const held = new Map<number, readonly Storage[]>();
  /** How many gradients each unit still waits for in this backward. */
  const waiting = new Map<Unit, number>();

  const trained = ({ parameters }: Unit): number => parameters.filter(({ leaf }) => leaf !== null).length;
  const isTrained = (unit: Unit): boolean => trained(unit) === unit.parameters.length;
  const hasAdapters = (unit: Unit): boolean => trained(unit) > 0 && !isTrained(unit);

  const unshard = (unit: Unit): void => {
    if (unit.isUnsharded) return;
    const input = castShards(ledger, unit, options);
    setUnsharded(ledger, unit, true);
    if (input !== null) release(ledger, input);
  };
  const reshard = (unit: Unit): void => setUnsharded(ledger, unit, false);
  const prefetchBefore = (index: number): void => {
    const before = index === -1 ? units.layers() - 1 : index - 1;
    if (before >= 0) unshard(units.of(before));
  };
  const reshardAndReduce = (unit: Unit): void => {
    if (isKept(tape, options)) {
      reshard(unit);
      return;
    }
    const gradients = takeGradients(unit);
    // A parameter without a gradient takes zeros in the flat one.
    const elements = gradients.length === 0 ? 0 : shardOf(unit.parameters);
    const term = "gradients";
    const whole = { term, elements: ranks * elements } as const;
    let taken = gradients.map(([each, gradient]) => ownRows(ledger, each, gradient));
    if (unit.parameters.length > 1 && taken.length > 0) {
      const together = flat(ledger, { ...whole, op: "cat", dtype: "bf16" });
      for (const gradient of taken) release(ledger, gradient);
      taken = [together];
    }
    reshard(unit);
    if (reduce !== "bf16") taken.push(flat(ledger, { ...whole, op: "to", dtype: reduce }));
    if (elements > 0) keepGradient(ledger, unit, { ...options, elements, kept: units.kept() });
    for (const each of taken) release(ledger, each);
  };
  const gradientArrived = (index: number, adapter: Unit): void => {
    const unit = units.of(index);
    const stillWaiting = (waiting.get(unit) ?? 0) - 1;
    waiting.set(unit, stillWaiting);
    if (hasAdapters(unit)) {
      reshardAndReduce(adapter);
      if (stillWaiting === 1) prefetchBefore(index);
    } else if (stillWaiting === 0) reshardAndReduce(unit);
  };

  return {
    loaded: (tensor) => {
      const each = units.loaded(tensor);
      if (each === null || each.leaf === null) return;
      const index = ledger.segments.at(-1)?.layer ?? -1;
      const adapter = emptyUnit();
      adapter.parameters.push(each);
      each.leaf.arrived = () => gradientArrived(index, adapter);
    },
    enter: (index, inputs) => {
      const cast = castInputs(inputs);
      const unit = units.of(index);
      waiting.set(unit, trained(unit));
      unshard(unit);
      return index === -1 || isTrained(unit) ? cast : afterBackward(cast, () => reshard(unit));
    },
    leave: (index, output) => {
      const unit = units.of(index);
      if (index !== -1) reshard(unit);
      if (output.node !== null)
        output.node.before = () => {
          unshard(unit);
          if (!hasAdapters(unit)) prefetchBefore(index);
        };
      return output;
    },
    detached: (index, input, gradient) => {
      if (isTrained(units.of(index))) return;
      for (const { storage } of [input, gradient]) {
        storage.holders++;
        held.set(index, [...(held.get(index) ?? []), storage]);
      }
    },
    finish: () => {
      enterRoot(tape);
      for (const [, unit] of units.all()) reshard(unit);
      for (const [layer, storages] of [...held].toReversed()) {
        finishLayer(tape, layer);
        for (const storage of storages) release(ledger, storage);
      }
      // What the caller frees next belongs to no layer.
      if (held.size > 0) finishLayer(tape, -1);
      held.clear();
    },
  };
};

import type { RankHooks, Tape } from "#calc/tape/tape.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { afterBackward } from "./after-backward.ts";
import { castInputs } from "./cast-inputs.ts";
import { enterRoot } from "./enter-root.ts";
import { finishLayer } from "./finish-units.ts";
import { isKept } from "./keep-whole.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import {
  castShards,
  emptyUnit,
  flat,
  keepGradient,
  setWhole,
  shardOf,
  ownRows,
  takeGradients,
  type Unit,
  unitsOn,
} from "./units.ts";

/**
 * FSDP1, each layer and the rest a unit with one flat parameter: it is gathered where it is needed, without a buffer; in backward the unit before is
 * gathered while one runs. Gradients of the parts of a flat parameter wait until the last has come, and are put together into a flat one, which is
 * reduced and scattered. PEFT's wrapping policy makes each adapter's module a unit of its own inside its layer, so that the layer before is gathered
 * when the first of them is reached.
 *
 * @see torch/distributed/fsdp/_runtime_utils.py, _flat_param.py (PyTorch 2.13); peft/utils/other.py, `fsdp_auto_wrap_policy`
 */
export const fsdp1Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape.recorder;
  const { ranks, reduce } = options;
  const units = unitsOn(tape, options);
  /**
   * By layer, what the hook on a frozen unit's inputs keeps until the end of backward: with reentrant checkpointing these are leaves, whose
   * `AccumulateGrad` nodes own input and gradient. @see `_register_post_backward_reshard_only_hook`, `_finalize_params`
   */
  const held = new Map<number, readonly Storage[]>();
  /** Trained parameters of each unit whose gradients this backward still waits for. */
  const waiting = new Map<Unit, number>();

  const trained = ({ parameters }: Unit): number => parameters.filter(({ leaf }) => leaf !== null).length;
  const isTrained = (unit: Unit): boolean => trained(unit) === unit.parameters.length;
  const hasAdapters = (unit: Unit): boolean => trained(unit) > 0 && !isTrained(unit);

  const gather = (unit: Unit): void => {
    if (unit.isWhole) return;
    const input = castShards(ledger, unit, options);
    setWhole(ledger, unit, true);
    if (input !== null) release(ledger, input);
  };
  const gatherBefore = (index: number): void => {
    const next = index === -1 ? units.layers() - 1 : index - 1;
    if (next >= 0) gather(units.of(next));
  };
  const reduceGradients = (unit: Unit): void => {
    if (isKept(tape, options)) {
      setWhole(ledger, unit, false);
      return;
    }
    const gradients = takeGradients(unit);
    // A parameter without a gradient is one of zeros in the flat one.
    const elements = gradients.length === 0 ? 0 : shardOf(unit.parameters);
    const term = "gradients";
    const whole = { term, elements: ranks * elements } as const;
    let taken = gradients.map(([each, gradient]) => ownRows(ledger, each, gradient));
    if (unit.parameters.length > 1 && taken.length > 0) {
      const together = flat(ledger, { ...whole, op: "cat", dtype: "bf16" });
      for (const gradient of taken) release(ledger, gradient);
      taken = [together];
    }
    setWhole(ledger, unit, false);
    if (reduce !== "bf16") taken.push(flat(ledger, { ...whole, op: "to", dtype: reduce }));
    if (elements > 0) keepGradient(ledger, unit, { ...options, elements, kept: units.kept() });
    for (const each of taken) release(ledger, each);
  };
  const arrived = (index: number, adapter: Unit): void => {
    const unit = units.of(index);
    const left = (waiting.get(unit) ?? 0) - 1;
    waiting.set(unit, left);
    if (hasAdapters(unit)) {
      reduceGradients(adapter);
      if (left === 1) gatherBefore(index);
    } else if (left === 0) reduceGradients(unit);
  };

  return {
    loaded: (tensor) => {
      const each = units.loaded(tensor);
      if (each === null || each.leaf === null) return;
      const index = ledger.segments.at(-1)?.layer ?? -1;
      const adapter = emptyUnit();
      adapter.parameters.push(each);
      each.leaf.arrived = () => arrived(index, adapter);
    },
    enter: (index, inputs) => {
      const cast = castInputs(inputs);
      const unit = units.of(index);
      waiting.set(unit, trained(unit));
      gather(unit);
      return index === -1 || isTrained(unit) ? cast : afterBackward(cast, () => setWhole(ledger, unit, false));
    },
    leave: (index, output) => {
      const unit = units.of(index);
      if (index !== -1) setWhole(ledger, unit, false);
      if (output.node !== null)
        output.node.before = () => {
          gather(unit);
          if (!hasAdapters(unit)) gatherBefore(index);
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
      for (const [, unit] of units.all()) setWhole(ledger, unit, false);
      for (const [layer, storages] of [...held].toReversed()) {
        finishLayer(tape, layer);
        for (const storage of storages) release(ledger, storage);
      }
      // What the caller lets go of next is no layer's.
      if (held.size > 0) finishLayer(tape, -1);
      held.clear();
    },
  };
};

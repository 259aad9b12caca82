// FSDP1: one flat parameter for each layer, gathered and freed around forward and backward.

import type { RankHooks, Tape } from "#calc/tape/tape.ts";
import { release, setRequest, setStream, recordStream } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { afterBackward, castInputs } from "./inner-units.ts";
import { enterRoot, finishLayer, keepsUnshardedGradients } from "./finished-units.ts";
import type { RankOptions } from "#calc/model/step-options.ts";
import {
  castShards,
  emptyUnit,
  allocateFlat,
  type Gathered,
  keepGradient,
  setUnsharded,
  shardOf,
  ownRows,
  takeGradients,
  type Unit,
  unitsOn,
} from "./units.ts";

/** The hooks of a rank that has all its parameters unsharded. */
export const NOTHING_GATHERED: RankHooks = {
  loaded: () => undefined,
  enter: (_, inputs) => inputs,
  leave: (_, output) => output,
  finish: () => undefined,
};

/**
 * FSDP1: each layer is a unit with one flat parameter, and what stands outside the layers is another. An all-gather writes straight into the unsharded flat
 * parameter, without a buffer. In backward the unit before is prefetched while one runs. The gradients of a unit's parameters wait until the last one has come;
 * then they are concatenated into a flat gradient, which is added to that of earlier micro steps and, but for `no_sync`, reduce-scattered. PEFT's wrapping
 * policy makes each adapter's module a unit of its own inside its layer. Then the layer before is prefetched only when backward reaches the adapter that came
 * first in forward: when one gradient is left to come.
 *
 * Copies of shards, unsharded flat parameters and reduced gradients have a stream each. What one of them makes and another uses, is freed while that one still
 * runs (`_no_dispatch_record_stream`).
 *
 * @see torch/distributed/fsdp/_runtime_utils.py, _flat_param.py (PyTorch 2.13); peft/utils/other.py, `fsdp_auto_wrap_policy`
 */
export const fsdp1Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape.recorder;
  const { ranks, reduce, flatWithAdapters } = options;
  const units = unitsOn(tape, options);
  /**
   * By layer, the storages that the hook on a frozen unit's inputs keeps until the end of backward. With reentrant checkpointing the inputs are leaves, whose
   * `AccumulateGrad` nodes own input and gradient. @see `_register_post_backward_reshard_only_hook`, `_finalize_params`
   */
  const held = new Map<number, readonly Storage[]>();
  /** How many gradients each unit still waits for in this backward. */
  const waiting = new Map<Unit, number>();
  /** The whole flat gradients of units, of the micro steps so far (`flat_param.grad`). */
  const wholes = new Map<Unit, Storage>();

  const trained = ({ parameters }: Unit): number => parameters.filter(({ leaf }) => leaf !== null).length;
  const isTrained = (unit: Unit): boolean => trained(unit) === unit.parameters.length;
  const hasAdapters = (unit: Unit): boolean => trained(unit) > 0 && !isTrained(unit);

  /** By layer, the first part of its flat parameter. */
  const flats = new Map<number, Storage>();
  /** A parameter is gathered on a stream of its own: as a part of its layer's flat one, or as a flat one of its own (an adapter that the policy wraps). */
  const gatherWith = (index: number, { storage, isAdapter }: Gathered): void => {
    recordStream(ledger, setStream(ledger, storage, "gather"));
    if (isAdapter && !flatWithAdapters) return;
    const first = flats.get(index);
    if (first === undefined) flats.set(index, storage);
    else setRequest(ledger, storage, first);
  };

  const unshard = (unit: Unit): void => {
    if (unit.isUnsharded) return;
    const input = castShards(ledger, unit, { ...options, stream: "cast" });
    setUnsharded(ledger, unit, true);
    if (input === null) return;
    recordStream(ledger, input);
    release(ledger, input);
  };
  const reshard = (unit: Unit): void => setUnsharded(ledger, unit, false);
  const prefetchBefore = (index: number): void => {
    const before = index === -1 ? units.layers() - 1 : index - 1;
    if (before >= 0) unshard(units.of(before));
  };
  /** The flat gradient of what has arrived at a unit; null where nothing has. A parameter without a gradient takes zeros in it. */
  const concatenated = (unit: Unit): Storage | null => {
    const parts = takeGradients(unit).map(([each, gradient]) => ownRows(ledger, each, gradient));
    const [first = null] = parts;
    if (unit.parameters.length === 1 || first === null) return first;
    const elements = ranks * shardOf(unit.parameters);
    const together = allocateFlat(ledger, { op: "cat", term: "gradients", elements, dtype: "bf16" });
    for (const part of parts) release(ledger, part);
    return together;
  };
  /** Reduces a unit's whole flat gradient to the rank's shard. */
  const reduceGradient = (unit: Unit, whole: Storage): void => {
    const elements = shardOf(unit.parameters);
    const toReduce = {
      op: "to",
      term: "gradients",
      elements: ranks * elements,
      dtype: reduce,
      stream: "reduce",
    } as const;
    const cast = reduce === "bf16" ? null : allocateFlat(ledger, toReduce);
    keepGradient(ledger, unit, { ...options, elements, kept: units.kept() });
    recordStream(ledger, whole);
    release(ledger, whole);
    if (cast !== null) release(ledger, cast);
  };
  /** The post-backward hook. What autograd adds to the gradient of earlier micro steps, in place, it holds until the hook has run. */
  const reshardAndReduce = (unit: Unit): void => {
    const gradient = concatenated(unit);
    const earlier = wholes.get(unit) ?? null;
    const whole = earlier ?? gradient;
    wholes.delete(unit);
    reshard(unit);
    if (whole !== null && keepsUnshardedGradients(tape, options)) wholes.set(unit, whole);
    else if (whole !== null) reduceGradient(unit, whole);
    if (earlier !== null && gradient !== null) release(ledger, gradient);
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
      if (each === null) return;
      const index = ledger.segments.at(-1)?.layer ?? -1;
      gatherWith(index, each);
      if (each.leaf === null) return;
      const adapter = emptyUnit(options.ranks);
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

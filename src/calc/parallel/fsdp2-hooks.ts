import { ELEMENT_BYTES } from "#calc/base/element.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { afterBackward } from "./after-backward.ts";
import { castInputs } from "./cast-inputs.ts";
import { enterRoot } from "./enter-root.ts";
import { asNamed, finishUnits, outsideFirst } from "./finish-units.ts";
import { isKept, keepWhole } from "./keep-whole.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import {
  castShards,
  EMBEDDINGS,
  flat,
  keepGradient,
  ownRows,
  setWhole,
  shardOf,
  sumOf,
  takeGradients,
  type Unit,
  unitsOn,
} from "./units.ts";

/**
 * FSDP2, `fully_shard` of each layer and of the whole: parameters are gathered into one buffer and copied out of it. In forward the buffer stays until
 * the next unit's parameters are copied out; in backward the unit before is gathered while one runs. Gradients are copied into a buffer that is
 * reduced and scattered, and stays until the next unit's backward is done. What stands outside the layers is one unit, or two (accelerate): the
 * embeddings, and norm and head, which stay whole from forward to backward.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param_group.py, _fsdp_collectives.py (PyTorch 2.13); accelerate/utils/fsdp_utils.py,
 * `fsdp2_prepare_model` (1.15)
 */
export const fsdp2Hooks = (tape: Tape, options: RankOptions): ModelHooks => {
  const { ledger } = tape.recorder;
  const { ranks, reshardsAfterForward, reshardsEnds, endsWith, reduce, waitsForAll, wholeFrom } = options;
  const units = unitsOn(tape, options);
  /** Gathered and not yet copied out. */
  const pending = new Map<Unit, Storage>();
  /** The buffer that the last unit of forward was copied out of, and that of the gradients reduced last. */
  let copiedOut: Storage | null = null;
  let reducing: Storage | null = null;

  const letGo = (storage: Storage | null | undefined): null => {
    if (storage !== null && storage !== undefined) release(ledger, storage);
    return null;
  };
  const gather = (unit: Unit): void => {
    if (unit.isWhole || pending.has(unit) || ranks === 1) return;
    const input = castShards(ledger, unit, options);
    const bytes = ranks * sumOf(unit.parameters, ({ storage, shard }) => shard * ELEMENT_BYTES[storage.dtype]);
    pending.set(unit, flat(ledger, { op: "all-gather", elements: bytes / ELEMENT_BYTES.bf16, dtype: "bf16" }));
    letGo(input);
  };
  const copyOut = (unit: Unit, phase: "forward" | "backward"): void => {
    const buffer = pending.get(unit);
    if (buffer !== undefined || ranks === 1) setWhole(ledger, unit, true);
    if (buffer === undefined) return;
    pending.delete(unit);
    const done = phase === "forward" ? copiedOut : buffer;
    if (phase === "forward") copiedOut = buffer;
    letGo(done);
  };
  const reduceGradients = (unit: Unit): void => {
    unit.isReduced = true;
    if (isKept(tape, options)) {
      keepWhole(tape, unit, reduce);
      setWhole(ledger, unit, false);
      return;
    }
    // These are added to what earlier micro steps left.
    if (unit.whole.length > 0) keepWhole(tape, unit, reduce);
    const gradients = unit.whole.length > 0 ? unit.whole : takeGradients(unit);
    unit.whole = [];
    const elements = shardOf(gradients.map(([each]) => each));
    const taken = gradients.map(([each, gradient]) => ownRows(ledger, each, gradient));
    setWhole(ledger, unit, false);
    reducing = letGo(reducing);
    if (elements === 0) return;
    reducing = flat(ledger, { op: "reduce-scatter", elements: ranks * elements, dtype: reduce });
    // The last one is held by the name of a loop until the function returns.
    for (const gradient of taken.slice(0, -1)) release(ledger, gradient);
    keepGradient(ledger, unit, { ...options, elements, kept: units.kept() });
    letGo(taken.at(-1));
  };

  /** What a unit's hook on backward does: in a pipeline gradients and parameters stay whole until all micro batches are through. */
  const leaveBackward = (unit: Unit): void => {
    if (!waitsForAll) return reduceGradients(unit);
    keepWhole(tape, unit, reduce);
    unit.isReduced = true;
  };

  /** The unit that was left before this one in forward, if any. */
  const unitBefore = (index: number): Unit | null => {
    if (index === EMBEDDINGS || (index === 0 && !units.hasEmbeddings())) return null;
    if (index === 0) return units.of(EMBEDDINGS);
    return units.of(index === -1 ? units.layers() - 1 : index - 1);
  };
  /** Whether a forward runs after another that parameters have stayed whole from, or in truth before the backward that the tape has run before it. */
  const isWholeBefore = (): boolean => wholeFrom !== null && tape.position.microStep >= wholeFrom;
  const begin = (unit: Unit): void => {
    unit.isReduced = false;
    if (isWholeBefore()) {
      if (!reshardsAfterForward) setWhole(ledger, unit, true);
      return;
    }
    gather(unit);
    copyOut(unit, "forward");
  };
  const end = (index: number, { node }: Tensor, reshards: boolean): void => {
    const unit = units.of(index);
    if (reshards && !isWholeBefore()) setWhole(ledger, unit, false);
    if (node === null) return;
    // In a stage without a head the whole ends with what its last layer returns.
    const earlier = node.before;
    node.before = () => {
      earlier?.();
      gather(unit);
      copyOut(unit, "backward");
      const before = unitBefore(index);
      if (before !== null) gather(before);
    };
  };

  return {
    loaded: (tensor) => void units.loaded(tensor),
    enter: (index, inputs) => {
      if (index === 0 && units.hasEmbeddings()) end(EMBEDDINGS, inputs[0], reshardsAfterForward);
      const cast = castInputs(inputs);
      const unit = units.of(index === -1 && units.hasEmbeddings() ? EMBEDDINGS : index);
      begin(unit);
      return index === -1 ? cast : afterBackward(cast, () => leaveBackward(unit));
    },
    leave: (index, output, logits) => {
      if (index === -1) {
        end(-1, endsWith === "logits" ? (logits ?? output) : output, reshardsEnds);
        copiedOut = letGo(copiedOut);
        return output;
      }
      end(index, output, reshardsAfterForward);
      if (index < units.layers() - 1 || !units.hasEmbeddings()) return output;
      const rest = units.of(-1);
      begin(rest);
      return afterBackward([output], () => leaveBackward(rest))[0];
    },
    // A stage ends before the loss, which the schedule computes.
    ...(waitsForAll && {
      forward: (forward) => ({
        ...forward,
        logits: (model, hidden_states) => {
          const logits = forward.logits(model, hidden_states);
          if (reshardsEnds) setWhole(ledger, units.of(-1), false);
          copiedOut = letGo(copiedOut);
          return logits;
        },
      }),
    }),
    finish: () => {
      if (waitsForAll && !tape.position.endsStep) {
        // Of a micro batch that waits nothing has had a backward yet: what it gathered is the next one's.
        finishUnits(tape, asNamed(units), (unit) => {
          if (tape.position.microStep < 0) setWhole(ledger, unit, false);
          else if (!unit.isReduced) leaveBackward(unit);
        });
        return;
      }
      if (!waitsForAll) enterRoot(tape);
      const left = waitsForAll ? asNamed(units) : outsideFirst(units, ({ isReduced }) => !isReduced);
      finishUnits(tape, left, (unit) => {
        reduceGradients(unit);
        reducing = letGo(reducing);
      });
      reducing = letGo(reducing);
      // What was gathered for a unit without a backward.
      for (const buffer of pending.values()) release(ledger, buffer);
      pending.clear();
    },
  };
};

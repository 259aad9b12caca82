import { ELEMENT_BYTES } from "#calc/tape/element.ts";
import { release, type Storage } from "#calc/tape/ledger.ts";
import type { RankHooks } from "#calc/tape/rank-hooks.ts";
import type { Tape } from "#calc/tape/tape.ts";
import { afterBackward } from "./after-backward.ts";
import { castInputs } from "./cast-inputs.ts";
import { enterRoot } from "./enter-root.ts";
import type { RankOptions } from "./rank-options.ts";
import {
  castShards,
  flat,
  keepGradient,
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
 * reduced and scattered, and stays until the next unit's backward is done.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param_group.py, _fsdp_collectives.py (PyTorch 2.13)
 */
export const fsdp2Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape;
  const { ranks, reshardsAfterForward, reduce } = options;
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
    setWhole(ledger, unit, false);
    reducing = letGo(reducing);
    const gradients = takeGradients(unit);
    if (gradients.length === 0) return;
    const elements = shardOf(gradients.map(([each]) => each));
    reducing = flat(ledger, { op: "reduce-scatter", elements: ranks * elements, dtype: reduce });
    // The last one is held by the name of a loop until the function returns.
    for (const [, gradient] of gradients.slice(0, -1)) release(ledger, gradient);
    keepGradient(ledger, unit, { ...options, elements, kept: units.kept() });
    letGo(gradients.at(-1)?.[1]);
  };

  return {
    loaded: (tensor) => void units.loaded(tensor),
    enter: (index, inputs) => {
      const cast = castInputs(inputs);
      const unit = units.of(index);
      unit.isReduced = false;
      gather(unit);
      copyOut(unit, "forward");
      return index === -1 ? cast : afterBackward(cast, () => reduceGradients(unit));
    },
    leave: (index, { node }) => {
      const unit = units.of(index);
      if (reshardsAfterForward) setWhole(ledger, unit, false);
      if (index === -1) copiedOut = letGo(copiedOut);
      if (node === null) return;
      node.before = () => {
        gather(unit);
        copyOut(unit, "backward");
        const next = index === -1 ? units.layers() - 1 : index - 1;
        if (next >= 0) gather(units.of(next));
      };
    },
    finish: () => {
      enterRoot(tape);
      for (const unit of units.all()) if (!unit.isReduced) reduceGradients(unit);
      reducing = letGo(reducing);
    },
  };
};

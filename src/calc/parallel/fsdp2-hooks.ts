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
 * FSDP2: `fully_shard` of each layer and of the whole model. A unit is one FSDP parameter group. The modules outside the layers are one unit, or two where
 * accelerate wraps the model: the embeddings, and the tail (norm and head), which stays unsharded from forward to backward.
 *
 * An all-gather fills one buffer; the unsharded parameters are copied out of it. In forward the buffer is freed after the next unit's copy-out. In backward
 * it is freed at once, and the next unit's all-gather is prefetched. The input of a reduce-scatter holds all gradients of a unit until the next unit
 * reduces its own. For units 0, 1 and 2:
 *
 * ```
 * forward   0 | all-gather 0  copy-out 0                 compute 0  reshard 0
 *           1 | all-gather 1  copy-out 1  free buffer 0  compute 1  reshard 1
 *           2 | all-gather 2  copy-out 2  free buffer 1  compute 2  reshard 2
 *         end | free buffer 2
 * backward  2 | all-gather 2  copy-out 2  free buffer 2  all-gather 1  compute 2  reshard 2                reduce-scatter 2
 *           1 |               copy-out 1  free buffer 1  all-gather 0  compute 1  reshard 1  free input 2  reduce-scatter 1
 *           0 |               copy-out 0  free buffer 0                compute 0  reshard 0  free input 1  reduce-scatter 0
 *         end | free input 0
 * ```
 *
 * Functions have the names of PyTorch's methods, where there is one.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param_group.py, _fsdp_collectives.py (PyTorch 2.13); accelerate/utils/fsdp_utils.py,
 * `fsdp2_prepare_model` (1.15)
 */
export const fsdp2Hooks = (tape: Tape, options: RankOptions): ModelHooks => {
  const { ledger } = tape.recorder;
  const { ranks, reshardsAfterForward, reshardsEnds, endsWith, reduce, waitsForAll, wholeFrom } = options;
  const units = unitsOn(tape, options);
  /** All-gather buffers that wait for their copy-out. */
  const gathered = new Map<Unit, Storage>();
  /** In forward, the buffer of the last copy-out. */
  let copiedOut: Storage | null = null;
  /** The input of the last reduce-scatter. */
  let reducing: Storage | null = null;

  const free = (storage: Storage | null | undefined): null => {
    if (storage !== null && storage !== undefined) release(ledger, storage);
    return null;
  };

  const unshard = (unit: Unit): void => {
    if (unit.isWhole || gathered.has(unit) || ranks === 1) return;
    const input = castShards(ledger, unit, options);
    const bytes = ranks * sumOf(unit.parameters, ({ storage, shard }) => shard * ELEMENT_BYTES[storage.dtype]);
    gathered.set(unit, flat(ledger, { op: "all-gather", elements: bytes / ELEMENT_BYTES.bf16, dtype: "bf16" }));
    free(input);
  };
  /** Copies the parameters out of the buffer. A single rank copies them from its shards and has no buffer. */
  const waitForUnshard = (unit: Unit, phase: "forward" | "backward"): void => {
    const buffer = gathered.get(unit);
    if (buffer !== undefined || ranks === 1) setWhole(ledger, unit, true);
    if (buffer === undefined) return;
    gathered.delete(unit);
    free(phase === "forward" ? copiedOut : buffer);
    if (phase === "forward") copiedOut = buffer;
  };
  const reshard = (unit: Unit): void => setWhole(ledger, unit, false);

  /**
   * Whether this forward neither unshards nor reshards, because a stage's parameters have stayed unsharded since an earlier micro step. On a draining stage
   * every forward ran before the first backward; the tape runs this one after it, and must leave the parameters as that backward left them.
   */
  const staysUnsharded = (): boolean => wholeFrom !== null && tape.position.microStep >= wholeFrom;
  const preForward = (unit: Unit): void => {
    unit.isReduced = false;
    if (staysUnsharded()) {
      // Micro step −1 gave them up: see `endMicroBatch`.
      if (!reshardsAfterForward) setWhole(ledger, unit, true);
      return;
    }
    unshard(unit);
    waitForUnshard(unit, "forward");
  };

  /** The unit that `_backward_prefetch` unshards: the one whose forward ended before this one's. */
  const prefetched = (index: number): Unit | null => {
    if (index === EMBEDDINGS || (index === 0 && !units.hasEmbeddings())) return null;
    if (index === 0) return units.of(EMBEDDINGS);
    return units.of(index === -1 ? units.layers() - 1 : index - 1);
  };
  const preBackward = (index: number): void => {
    const unit = units.of(index);
    unshard(unit);
    waitForUnshard(unit, "backward");
    const next = prefetched(index);
    if (next !== null) unshard(next);
  };
  /** Reshards the unit of that index, and puts its pre-backward hook on its output. */
  const postForward = (index: number, { node }: Tensor, reshards: boolean): void => {
    if (reshards && !staysUnsharded()) reshard(units.of(index));
    if (node === null) return;
    // The root of a stage without a head returns what its last layer returns: that output has the hooks of both.
    const earlier = node.before;
    node.before = () => {
      earlier?.();
      preBackward(index);
    };
  };

  /** Reshards a unit and reduces its gradients. With accumulation, all micro steps but the last keep them unsharded (`no_sync`). */
  const reshardAndReduce = (unit: Unit): void => {
    unit.isReduced = true;
    if (isKept(tape, options)) {
      keepWhole(tape, unit, reduce);
      reshard(unit);
      return;
    }
    if (unit.whole.length > 0) keepWhole(tape, unit, reduce);
    const gradients = unit.whole.length > 0 ? unit.whole : takeGradients(unit);
    unit.whole = [];
    const elements = shardOf(gradients.map(([each]) => each));
    const copiedIn = gradients.map(([each, gradient]) => ownRows(ledger, each, gradient));
    reshard(unit);
    reducing = free(reducing);
    if (elements === 0) return;
    reducing = flat(ledger, { op: "reduce-scatter", elements: ranks * elements, dtype: reduce });
    // `foreach_reduce` frees the gradients after the copy-in, but the variable of a loop holds the last one until the function returns.
    for (const gradient of copiedIn.slice(0, -1)) release(ledger, gradient);
    keepGradient(ledger, unit, { ...options, elements, kept: units.kept() });
    free(copiedIn.at(-1));
  };
  /** A stage of a pipeline neither reshards nor reduces before the backward of its last micro batch. */
  const postBackward = (unit: Unit): void => {
    if (!waitsForAll) return reshardAndReduce(unit);
    keepWhole(tape, unit, reduce);
    unit.isReduced = true;
  };

  /**
   * Ends a micro batch of a stage before the last one. Micro step −1 stands for every micro batch that waits for its backward, and is counted once for each.
   * The parameters that it unsharded are there only once: the next micro step has them, and this one gives them up.
   */
  const endMicroBatch = (): void =>
    finishUnits(tape, asNamed(units), (unit) => {
      if (tape.position.microStep < 0) reshard(unit);
      else if (!unit.isReduced) postBackward(unit);
    });
  /** Reduces the units that have not been: those whose inputs need no gradient have no post-backward hook, and a stage reduces all of them here. */
  const rootPostBackward = (): void => {
    if (!waitsForAll) enterRoot(tape);
    const notReduced = waitsForAll ? asNamed(units) : outsideFirst(units, ({ isReduced }) => !isReduced);
    finishUnits(tape, notReduced, (unit) => {
      reshardAndReduce(unit);
      reducing = free(reducing);
    });
    reducing = free(reducing);
    // A prefetched unit whose output needs no gradient has no pre-backward hook that copies its parameters out.
    for (const buffer of gathered.values()) release(ledger, buffer);
    gathered.clear();
  };

  return {
    loaded: (tensor) => void units.loaded(tensor),
    enter: (index, inputs) => {
      // The forward of the embeddings ends where that of the first layer begins.
      if (index === 0 && units.hasEmbeddings()) postForward(EMBEDDINGS, inputs[0], reshardsAfterForward);
      const cast = castInputs(inputs);
      const unit = units.of(index === -1 && units.hasEmbeddings() ? EMBEDDINGS : index);
      preForward(unit);
      return index === -1 ? cast : afterBackward(cast, () => postBackward(unit));
    },
    leave: (index, output, logits) => {
      if (index === -1) {
        postForward(-1, endsWith === "logits" ? (logits ?? output) : output, reshardsEnds);
        copiedOut = free(copiedOut);
        return output;
      }
      postForward(index, output, reshardsAfterForward);
      if (index < units.layers() - 1 || !units.hasEmbeddings()) return output;
      // The forward of the tail begins where that of the last layer ends.
      const tail = units.of(-1);
      preForward(tail);
      return afterBackward([output], () => postBackward(tail))[0];
    },
    // The root of a stage returns logits, and the schedule computes the loss: the root's post-forward comes before the loss.
    ...(waitsForAll && {
      forward: (forward) => ({
        ...forward,
        logits: (model, hidden_states) => {
          const logits = forward.logits(model, hidden_states);
          if (reshardsEnds) reshard(units.of(-1));
          copiedOut = free(copiedOut);
          return logits;
        },
      }),
    }),
    finish: () => (waitsForAll && !tape.position.endsStep ? endMicroBatch() : rootPostBackward()),
  };
};

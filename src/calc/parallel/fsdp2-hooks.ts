// FSDP2: fully_shard of each layer and of the whole model, by PyTorch's methods.

import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import type { ModelHooks } from "#calc/modules/forward.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";
import { afterBackward, castInputs, aroundInnerUnits } from "./inner-units.ts";
import {
  enterRoot,
  unitsInModuleOrder,
  finishUnits,
  unfinishedUnits,
  keepsUnshardedGradients,
  accumulateGradients,
} from "./finished-units.ts";
import type { RankOptions } from "#calc/model/step-options.ts";
import {
  castShards,
  copyShards,
  EMBEDDINGS,
  allocateFlat,
  keepGradient,
  ownRows,
  setUnsharded,
  shardOf,
  sumOf,
  takeGradients,
  type Unit,
  unitsOn,
} from "./units.ts";

/** Types of a unit that is kept in fp32 in a model of 16 bits. */
const IN_FP32 = { reduce: "fp32", kept: "fp32" } as const;

/**
 * FSDP2: `fully_shard` of each layer and of the whole model. A unit is one FSDP parameter group, and each layer is one. A plain `fully_shard(model)` puts
 * all modules outside the layers into the root unit (−1), which is unsharded during the forward and the backward of all layers. accelerate makes two units of
 * them: the embeddings (`EMBEDDINGS`), and the tail (−1: norm and head); with a tied head a single one (−1). It does not reshard the tail, or that single
 * unit, after forward.
 *
 * An all-gather fills one buffer; the unsharded parameters are copied out of it. In forward the buffer is freed after the next unit's copy-out. In backward
 * it is freed right after its own copy-out; then the all-gather of the unit that ran before it in forward is prefetched. The input of a reduce-scatter is a
 * copy of all gradients of a unit. It is freed just before the next unit's input is allocated, or at the end of backward. For layers 0, 1 and 2, without the
 * units outside them: all-gather i allocates buffer i, copy-out i the unsharded parameters, reshard i frees these, reduce-scatter i allocates its input,
 * frees the gradients and allocates the rank's shard of them.
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
 * Copies of shards and all-gathers are allocated on a stream of their own, so are reduced gradients; copies out of a buffer and inputs of reduce-scatters on the
 * stream of the computation.
 *
 * Functions have the names of PyTorch's methods, where there is one.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param_group.py, _fsdp_collectives.py (PyTorch 2.13); accelerate/utils/fsdp_utils.py,
 * `fsdp2_prepare_model` (1.15)
 */
export const fsdp2Hooks = (tape: Tape, options: RankOptions): ModelHooks => {
  const { ledger } = tape.recorder;
  const { reshardsAfterForward, reshardsEnds, endsWith, reduce, waitsForAll, unshardedFrom, inner, castsInputs } =
    options;
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
    if (unit.isUnsharded || gathered.has(unit) || unit.ranks === 1) return;
    const stream = "gather";
    const input = castShards(ledger, unit, { ...options, stream });
    const bytes = unit.ranks * sumOf(unit.parameters, ({ storage, shard }) => shard * ELEMENT_BYTES[storage.dtype]);
    gathered.set(
      unit,
      allocateFlat(ledger, { op: "all-gather", elements: bytes / ELEMENT_BYTES.bf16, dtype: "bf16", stream }),
    );
    free(input);
  };
  /** Copies the parameters out of the buffer. A single rank copies them from its shards and has no buffer. */
  const waitForUnshard = (unit: Unit, phase: "forward" | "backward"): void => {
    const buffer = gathered.get(unit);
    if (unit.ranks === 1) {
      const isLast = !unit.isUnsharded && phase === "forward";
      copyShards(ledger, unit);
      if (isLast) copiedOut = free(copiedOut);
    }
    if (buffer === undefined) return;
    setUnsharded(ledger, unit, true);
    gathered.delete(unit);
    free(phase === "forward" ? copiedOut : buffer);
    if (phase === "forward") copiedOut = buffer;
  };
  const reshard = (unit: Unit): void => setUnsharded(ledger, unit, false);

  /**
   * Whether this forward neither all-gathers nor reshards, because the stage's parameters are still unsharded from an earlier micro step. On a draining
   * stage all forwards come before the first backward, but the tape runs the forward of micro step 1 after the backward of micro step 0: it must not change
   * what that backward left unsharded.
   */
  const staysUnsharded = (): boolean => unshardedFrom !== null && tape.position.microStep >= unshardedFrom;
  const preForward = (unit: Unit): void => {
    unit.hasRunPostBackward = false;
    if (staysUnsharded()) {
      // In PyTorch they are still unsharded. Micro step −1 of the tape has resharded them (`endMicroBatch`): allocated again, without an all-gather.
      if (!reshardsAfterForward) setUnsharded(ledger, unit, true);
      return;
    }
    unshard(unit);
    waitForUnshard(unit, "forward");
  };

  /** The unit that `_backward_prefetch` unshards: the unit whose post-forward ran directly before that of this layer, those inside it apart. */
  const prefetched = (index: number): Unit | null => {
    if (index === EMBEDDINGS || (index === 0 && !units.hasEmbeddings())) return null;
    if (index === 0) return units.of(EMBEDDINGS);
    return units.of(index === -1 ? units.layers() - 1 : index - 1);
  };
  const preBackward = (unit: Unit, next: Unit | null): void => {
    unshard(unit);
    waitForUnshard(unit, "backward");
    if (next !== null) unshard(next);
  };
  /** Reshards the unit of that index, unless it stays unsharded, and registers its pre-backward hook on the output. */
  const postForward = (index: number, { node }: Tensor, reshards: boolean): void => {
    if (reshards && !staysUnsharded()) reshard(units.of(index));
    if (node === null) return;
    // On a stage without a head the root and the last layer return the same tensor. It has the hooks of both, and the layer's runs first.
    const earlier = node.before;
    node.before = () => {
      earlier?.();
      preBackward(units.of(index), [...units.innerOf(index).values()].at(-1) ?? prefetched(index));
    };
  };

  /** Reshards a unit and reduces its gradients. Under `no_sync` micro steps before the last keep the gradients unsharded instead. */
  const reshardAndReduce = (unit: Unit): void => {
    unit.hasRunPostBackward = true;
    unit.isInBackward = false;
    if (keepsUnshardedGradients(tape, options)) {
      reshard(unit);
      accumulateGradients(tape, unit, reduce);
      return;
    }
    if (unit.accumulated.length > 0) accumulateGradients(tape, unit, reduce);
    const gradients = unit.accumulated.length > 0 ? unit.accumulated : takeGradients(unit);
    unit.accumulated = [];
    const types = unit.inFp32 ? IN_FP32 : { reduce, kept: units.kept() };
    const elements = shardOf(gradients.map(([each]) => each));
    const copiedIn = gradients.map(([each, gradient]) => ownRows(ledger, each, gradient));
    reshard(unit);
    reducing = free(reducing);
    if (elements === 0) return;
    reducing = allocateFlat(ledger, { op: "reduce-scatter", elements: unit.ranks * elements, dtype: types.reduce });
    // `foreach_reduce` clears its list of gradients after the copy-in, but its loop variable refers to the last one until the function returns.
    const isDivided = unit.isInner && unit.ranks === 1;
    const last = isDivided ? undefined : copiedIn.pop();
    for (const gradient of copiedIn) release(ledger, gradient);
    keepGradient(ledger, unit, { ...options, ...types, elements, isDivided });
    free(last);
  };
  /**
   * On a stage of a pipeline this hook only keeps the gradients. The stage reshards and reduces once, after the backward of its last micro batch
   * (`perform_reduce_grad`).
   */
  const postBackward = (unit: Unit): void => {
    if (!waitsForAll) return reshardAndReduce(unit);
    accumulateGradients(tape, unit, reduce);
    unit.hasRunPostBackward = true;
  };

  /**
   * Ends a micro batch of a stage before its last, and runs the post-backward of units whose hook has not run. Micro step −1 represents all micro batches
   * that wait for their backward; its memory is counted once for each. They share one copy of the unsharded parameters, which is counted with micro step 0:
   * so micro step −1 frees its own.
   */
  const endMicroBatch = (): void =>
    finishUnits(tape, unitsInModuleOrder(units), (unit) => {
      if (tape.position.microStep < 0) reshard(unit);
      else if (!unit.hasRunPostBackward) postBackward(unit);
    });
  /** Reshards and reduces every unit whose post-backward has not run, because its inputs need no gradient; on a stage of a pipeline, every unit. */
  const rootPostBackward = (): void => {
    if (!waitsForAll) enterRoot(tape);
    const notReduced = waitsForAll
      ? unitsInModuleOrder(units)
      : unfinishedUnits(units, ({ hasRunPostBackward }) => !hasRunPostBackward);
    finishUnits(tape, notReduced, (unit) => {
      reshardAndReduce(unit);
      reducing = free(reducing);
    });
    reducing = free(reducing);
    // If the output of a prefetched unit needs no gradient, its pre-backward hook never runs, and its buffer is left over (`finalize_backward`).
    for (const buffer of gathered.values()) release(ledger, buffer);
    gathered.clear();
  };

  const around = aroundInnerUnits(tape, options, {
    innerOf: units.innerOf,
    unshard: (unit, phase) => {
      unshard(unit);
      waitForUnshard(unit, phase);
    },
    reshard,
    freeBuffer: () => void (copiedOut = free(copiedOut)),
    preBackward: (unit, layer) => {
      unit.isInBackward = true;
      const all = [...units.innerOf(layer).values()];
      preBackward(unit, all[all.indexOf(unit) - 1] ?? prefetched(layer));
    },
    postBackward,
  });

  return {
    loaded: (tensor) => void units.loaded(tensor),
    ...(inner.length > 0 && { around }),
    enter: (index, inputs) => {
      // The embeddings' post-forward runs where the first layer's pre-forward does.
      if (index === 0 && units.hasEmbeddings()) postForward(EMBEDDINGS, inputs[0], reshardsAfterForward);
      const cast = castsInputs ? castInputs(inputs) : inputs;
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
      // The tail's pre-forward runs right after the last layer's post-forward.
      const tail = units.of(-1);
      preForward(tail);
      return afterBackward([output], () => postBackward(tail))[0];
    },
    // The model of the last stage returns logits, and the schedule computes the loss outside of it: the root reshards, and the last buffer is freed, before
    // the loss. Other stages have no logits (`stageHooks`).
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

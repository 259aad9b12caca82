// All hooks of a rank: pipeline stage, ZeRO-1, 2 and 3, FSDP, division of matrices and sequences.

import { aliasOf, freshBy } from "#calc/tape/tensor.ts";
import type { StepOptions, RankOptions } from "#calc/model/step-options.ts";
import type { Forward, ModelHooks } from "#calc/modules/forward.ts";
import { requireGradient } from "#calc/tape/parameter.ts";
import { release, resize } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { record } from "#calc/tape/operation.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tape, Tensor, RankHooks } from "#calc/tape/tape.ts";
import type { Division } from "#calc/model/scenario.ts";
import { type Stage, hasOutside, stageOf } from "./pipeline-stages.ts";
import { NOTHING_GATHERED, fsdp1Hooks } from "./fsdp1-hooks.ts";
import { zeroGradients } from "./zero-gradients.ts";
import { enterRoot, finishUnits, unfinishedUnits } from "./finished-units.ts";
import { assert } from "#calc/base/guards.ts";
import { afterBackward } from "./inner-units.ts";
import { EMBEDDINGS, allocateFlat, setUnsharded, type Unit, unitsOn } from "./units.ts";
import type { Code } from "#calc/step/strategy.ts";
import { divisionHooks } from "./tensor-parallel-hooks.ts";
import { expertDispatch } from "./expert-dispatch.ts";
import { fsdp2Hooks } from "./fsdp2-hooks.ts";
import { ringAttention } from "./ring-attention.ts";
import { ulyssesHooks } from "./ulysses-hooks.ts";

/**
 * What a stage of a pipeline does around its layers. It receives hidden states from the stage before and gradients from the stage after, into buffers for every
 * micro batch that stay all through the step. Its output stays until its backward has ended, as a caller's `outputs` does. The gradient of its input, which
 * it sends to the stage before, stays until the next one is sent.
 *
 * @see torch/distributed/pipelining/stage.py, `_setup_forward_recv_info`, `_create_grad_recv_info`, `forward_one_chunk`, `backward_one_chunk`
 */
const stageHooks = (
  tape: Tape,
  { architecture, weights, stage: run }: StepOptions,
  { division, stage }: Readonly<{ division: Division; stage: Stage }>,
): Pick<ModelHooks, "loaded" | "finish" | "forward"> => {
  const { hidden_size } = architecture;
  const microBatches = run?.microBatches ?? 1;
  const { tp_size, sequence_parallel } = division;
  const { isFirst, isLast } = stage;
  const share = sequence_parallel ? 1 / tp_size : 1;
  const states = share === 1 ? shapeOf("b", "s", hidden_size) : shapeOf("b", "s", share, hidden_size);
  let received: Tensor | null = null;
  let gradients: Tensor | null = null;
  let sent: Storage | null = null;
  const freeSent = (): void => {
    if (sent !== null) release(tape.recorder.ledger, sent);
    sent = null;
  };

  const createBuffers = (shape: Shape): Tensor => {
    const buffer = freshBy(tape, { name: "received", shape: shapeOf(...shape.dims, microBatches), dtype: weights });
    buffer.bindings = 1;
    return buffer;
  };
  /** The first stage has the ids of all micro batches, the last stage the labels; the others have neither. */
  const takeBatch = (storage: Storage): void => {
    resize(tape.recorder.ledger, storage, -1);
    if (!(storage.module === "labels" ? isLast : isFirst)) return;
    freshBy(tape, { name: "batch", shape: shapeOf("b", "s", microBatches), dtype: "int64" }).bindings = 1;
  };
  /** The input of the stage's first layer: one micro batch's buffer, as a leaf. */
  const receive = (): Tensor => {
    const input = aliasOf(received as Tensor, states);
    const leaf = requireGradient(input, false);
    leaf.isInput = true;
    leaf.arrived = () => {
      if (leaf.gradient === null) return;
      freeSent();
      sent = leaf.gradient;
    };
    return input;
  };
  /** Takes the place of the loss: its backward hands on the received gradient. */
  const send = (output: Tensor): Tensor =>
    record({
      name: "send",
      inputs: [output],
      shape: shapeOf(1),
      dtype: "fp32",
      saves: [output],
      backward: () => [aliasOf(gradients as Tensor, states)],
    });

  return {
    loaded: ({ storage }) => {
      if (storage.module === "input_ids" || storage.module === "labels") takeBatch(storage);
      if (storage.module !== "labels") return;
      if (!isFirst) received = createBuffers(states);
      if (!isLast) gradients = createBuffers(states);
    },
    finish: () => {
      if (tape.position.microStep > 0) freeSent();
    },
    forward: (forward): Forward => ({
      ...forward,
      ...(!isFirst && { embed: receive, enter: (_, hidden_states) => hidden_states, scaleEmbeddings: false }),
      ...(!isLast && {
        finalNorm: (_, hidden_states) => hidden_states,
        logits: (_, hidden_states) => hidden_states,
        loss: () => send,
      }),
    }),
  };
};

/**
 * DeepSpeed's ZeRO-1 and 2: every rank has whole parameters, and hooks only on gradients. Trained parameters become parts of flat ones (`flattenedRequests`),
 * so that their own storages go.
 *
 * @see deepspeed/runtime/zero/stage_1_and_2.py (0.19), `_update_model_bit16_weights`
 */
const zeroHooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { loaded, finish } = zeroGradients(tape, options);
  return {
    ...NOTHING_GATHERED,
    loaded: ({ storage, node }) => {
      if (!node?.leaf) return;
      loaded(node.leaf);
      resize(tape.recorder.ledger, storage, -1);
    },
    finish,
  };
};

/**
 * DeepSpeed's ZeRO-3: parameters are gathered module by module, each straight into its own buffer. In forward and in backward, every call of a module, even of
 * one without parameters, prefetches parameters of the modules that come next, until `max_live_parameters` are whole. A parameter that prefetching found whole
 * is not partitioned before it is used again. So a model of at most `max_live_parameters` is whole from its forward to its backward; of a larger model that
 * many parameters are whole all the time.
 *
 * @see deepspeed/runtime/zero/partitioned_param_coordinator.py (0.19), `_fetch_sub_module_impl`, `__params_to_release`; partition_parameters.py,
 * `_all_gather_sequential`
 */
const zero3Hooks = (tape: Tape, options: RankOptions): RankHooks => {
  const { ledger } = tape.recorder;
  const { zero } = options;
  assert(zero !== null, "ZeRO has buckets");
  const units = unitsOn(tape, options);
  const gradients = zeroGradients(tape, options);
  let live: Storage | null = null;
  const gather = (unit: Unit): void => {
    if (zero.live === 0) setUnsharded(ledger, unit, true);
    else live ??= allocateFlat(ledger, { op: "all-gather", elements: zero.live, dtype: "bf16" });
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
        unfinishedUnits(units, ({ isUnsharded }) => isUnsharded),
        partition,
      );
      if (live !== null) release(ledger, live);
      live = null;
    },
  };
};

const GATHERING = {
  fsdp1: fsdp1Hooks,
  fsdp2: fsdp2Hooks,
  zero1: zeroHooks,
  zero2: zeroHooks,
  zero3: zero3Hooks,
} as const;

/** The hooks of one way of dividing a model. */
type DivisionHooks = Partial<ModelHooks>;

const ofSequence = (tape: Tape, { cp_size, ulysses_size = 1 }: Division): DivisionHooks => {
  if (ulysses_size > 1) return ulyssesHooks(tape, ulysses_size);
  return cp_size > 1 ? { attend: (attended) => ringAttention(attended, cp_size) } : {};
};

const ofExperts = (
  { architecture: { num_experts: experts = 0 } }: StepOptions,
  { ep_size: ranks = 1, tp_size: alike }: Division,
): DivisionHooks => (ranks > 1 ? { dispatch: expertDispatch({ experts, ranks, alike }) } : {});

/** Hooks around a module of both: a unit's around those of divided matrices. */
const around = (outside: DivisionHooks, inside: DivisionHooks): DivisionHooks => {
  const [outer, inner] = [outside.around, inside.around];
  if (outer === undefined || inner === undefined) return {};
  return { around: (path, caller, forward) => outer(path, caller, inner(path, caller, forward)) };
};

/** The hooks of a rank around modules and layers: it gathers parameters, divides matrices, sequences and layers. null where it does nothing. */
export const hooksOfRank = (code: Code, tape: Tape, options: StepOptions): ModelHooks | null => {
  const { ranks, division } = options;
  const gathering: ModelHooks | null = ranks === null ? null : GATHERING[ranks.strategy](tape, ranks);
  if (division === undefined) return gathering;
  const { loaded, finish, ...hooks }: ModelHooks = gathering ?? NOTHING_GATHERED;
  const stage = stageOf(options.architecture.num_hidden_layers, division);
  const layout = code.families.layoutOf(options.architecture);
  // The stage comes last: only the last stage has a loss, and in others `send` replaces the one that the hooks before have changed.
  const ofMatrices: DivisionHooks = division.tp_size > 1 ? divisionHooks(code, options, division) : {};
  const divisions: readonly DivisionHooks[] = [
    { ...ofMatrices, ...around(hooks, ofMatrices) },
    ofExperts(options, division),
    ofSequence(tape, division),
    stage ? stageHooks(tape, options, { division, stage }) : {},
  ];
  return {
    ...divisions.reduce<Omit<ModelHooks, "loaded" | "finish">>((all, each) => ({ ...all, ...each }), hooks),
    loaded: (tensor) => {
      const isOutside = tape.recorder.ledger.segments.at(-1)?.layer === -1;
      if (!stage || !isOutside || hasOutside(layout, stage, tensor.storage.module)) loaded(tensor);
      for (const each of divisions) each.loaded?.(tensor);
    },
    finish: () => {
      finish();
      for (const each of divisions) each.finish?.();
    },
    forward: (whole) => [hooks, ...divisions].reduce((forward, each) => each.forward?.(forward) ?? forward, whole),
  };
};

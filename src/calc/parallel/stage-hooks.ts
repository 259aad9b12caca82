import { aliasOf, freshBy } from "#calc/tape/tensor.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { requireGradient } from "#calc/tape/parameter.ts";
import type { ModelHooks } from "#calc/modules/model-hooks.ts";
import { release, resize } from "#calc/tape/ledger/storages.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { record } from "#calc/tape/record.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import { type Tape, type Tensor } from "#calc/tape/tape.ts";
import type { Division } from "#calc/model/scenario.ts";
import type { Stage } from "./stages.ts";

/**
 * What a stage of a pipeline does around its layers. It receives hidden states from the stage before and gradients from the stage after, into buffers for every
 * micro batch that stay all through the step. Its output stays until its backward has ended, as a caller's `outputs` does. The gradient of its input, which
 * it sends to the stage before, stays until the next one is sent.
 *
 * @see torch/distributed/pipelining/stage.py, `_setup_forward_recv_info`, `_create_grad_recv_info`, `forward_one_chunk`, `backward_one_chunk`
 */
export const stageHooks = (
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

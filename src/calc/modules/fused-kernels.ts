import { aliasOf, consume, drop, freshBy } from "#calc/tape/tensor.ts";
import { haveCountedAs } from "#calc/tape/ledger/storages.ts";
import { likeInput } from "#calc/tape/ops/backwards.ts";
import { arrived, attach, record, recordView, save, startNode } from "#calc/tape/record.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";
import { tensorOf } from "./loaded.ts";
import type { ApplyRotary } from "./rotary.ts";

/** A gradient that a kernel writes over: its storage counts as the new gradient does. */
export const writtenOver = (g: Tensor): Tensor => {
  const alias = aliasOf(g, g.shape);
  alias.permuted = g.permuted;
  alias.view = g.view;
  haveCountedAs(g.tape.recorder.ledger, alias.storage, g.tape.recorder.term);
  return alias;
};

/**
 * `Fast_RMS_Layernorm`: saves its input and one fp32 number a row; its gradient is written over the output's, and the weight gets none.
 *
 * @see fms_acceleration_foak/kernels/unsloth/rms_layernorm.py
 */
export const fastRmsNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const { tape } = input;
      const kernel = "fast_rms_layernorm";
      const weight = tensorOf(loaded, `${name}.weight`);
      const node = startNode(kernel, [input, weight], (gradients) => [writtenOver(arrived(gradients)), null]);
      const output = attach(freshBy(tape, { name: kernel, shape: input.shape, dtype: input.dtype }), node);
      const r = freshBy(tape, { name: kernel, shape: withLast(input.shape, 1), dtype: "fp32" });
      if (node !== null) for (const saved of [input, weight, r]) save(node, saved);
      drop(r);
      return output;
    },
    x,
  );

/** `Fast_RoPE_Embedding`: rotates in place, forward and backward. @see fms_acceleration_foak/kernels/unsloth/rope_embedding.py */
export const fastRotary: ApplyRotary = (q, k) => {
  const rotated = (x: Tensor): Tensor =>
    recordView(x, {
      name: "fast_rope_embedding",
      shape: x.shape,
      permuted: x.permuted,
      backward: (gradients) => [writtenOver(arrived(gradients))],
    });
  return [rotated(q), rotated(k)];
};

/**
 * `Fast_CrossEntropyLoss`: two fp32 numbers a token, the loss and a log-sum-exp; the gradient is written over the logits.
 *
 * @see fms_acceleration_foak/kernels/unsloth/cross_entropy_loss.py
 */
export const fastCrossEntropy = (logits: Tensor, labels: Tensor): Tensor => {
  const { tape, shape } = logits;
  const kernel = "fast_cross_entropy_loss";
  const numbers = { name: kernel, shape: shapeOf("b", "s"), dtype: "fp32" } as const;
  // The node saved the logits, so they are still there.
  const node = startNode(kernel, [logits], () => [aliasOf(logits, shape)]);
  const losses = attach(freshBy(tape, numbers), node);
  const logSumExp = freshBy(tape, numbers);
  if (node !== null) for (const saved of [logits, logSumExp, labels]) save(node, saved);
  drop(logSumExp);
  consume(logits);
  return record({ name: "sum", inputs: [losses], shape: shapeOf(1), dtype: "fp32", backward: likeInput });
};

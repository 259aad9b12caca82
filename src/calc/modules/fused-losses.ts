// Losses that never have all logits, losses that overwrite logits, and the inputs of prompt tuning.

import { inLogits } from "./causal-lm-loss.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { type FusedLoss, type KernelTensor, fusedLoss } from "#calc/tape/ops/head-kernels.ts";
import { to } from "#calc/tape/ops/views.ts";
import { shapeOf, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { LoadedLinear } from "./loaded-modules.ts";

type Kernel = Exclude<StepOptions["loss"], { kind: "full" | "inplace" }>;

/**
 * A chunked loss that makes the logits of all chunks first. Each chunk's log-probabilities, or logits, wait for backward. There the
 * gradient of a trained head exists twice: the sum, and that of the current chunk.
 */
const keptChunks = (keeps: "log-probabilities" | "logits", hidden: Tensor, weight: Tensor): FusedLoss => {
  const vocabulary = weight.shape.dims[0] ?? 1;
  const isCompiled = keeps === "logits";
  const whole = (dtype: KernelTensor["dtype"]): KernelTensor => ({ shape: withLast(hidden.shape, vocabulary), dtype });
  const chunk = (dtype: KernelTensor["dtype"]): KernelTensor => ({ shape: shapeOf("chunk", vocabulary), dtype });
  const ofWeight: readonly KernelTensor[] = weight.node === null ? [] : [{ shape: weight.shape, dtype: hidden.dtype }];
  return {
    name: "chunked_loss",
    forward: isCompiled ? [] : [whole(hidden.dtype), chunk("fp32")],
    saved: [whole(isCompiled ? hidden.dtype : "fp32")],
    savesGradients: false,
    backward: [...(isCompiled ? [chunk(hidden.dtype)] : [chunk("fp32"), chunk("fp32")]), ...ofWeight],
    gradients: [{ shape: hidden.shape, dtype: hidden.dtype }, ...ofWeight],
  };
};

const kernelOf = (path: Kernel, hidden: Tensor, weight: Tensor): FusedLoss => {
  const vocabulary = weight.shape.dims[0] ?? 1;
  const [ofHidden, ofWeight] = [hidden.shape, weight.shape];
  const trained = weight.node !== null;
  const chunk = (width: typeof vocabulary, dtype: KernelTensor["dtype"]): KernelTensor => ({
    shape: shapeOf("chunk", width),
    dtype,
  });
  const hiddenLike: KernelTensor = { shape: ofHidden, dtype: hidden.dtype };
  if (path.kind === "chunked" && path.keeps !== undefined) return keptChunks(path.keeps, hidden, weight);
  if (path.kind !== "fused")
    return {
      name: "chunked_loss",
      forward: [chunk(vocabulary, hidden.dtype), chunk(vocabulary, "fp32"), chunk(vocabulary, "fp32")],
      saved: [hiddenLike],
      savesGradients: false,
      backward: [chunk(vocabulary, "fp32"), chunk(vocabulary, "fp32"), chunk(vocabulary, "fp32")],
      gradients: [hiddenLike, ...(trained ? [{ shape: ofWeight, dtype: hidden.dtype }] : [])],
    };
  if (path.kernel === "cut") {
    const perToken: KernelTensor = { shape: withLast(hidden.shape, 1), dtype: "fp32" };
    const perWord: KernelTensor = { shape: shapeOf(vocabulary), dtype: "fp32" };
    return {
      name: "cut_cross_entropy",
      // The logit of each target.
      forward: [perToken],
      // The sum of exponentials of each token, the mean logit of each word.
      saved: [perToken, perWord],
      savesGradients: false,
      // The order of words by their mean logits.
      backward: [perWord],
      gradients: [hiddenLike, ...(trained ? [{ shape: ofWeight, dtype: hidden.dtype }] : [])],
    };
  }
  return {
    name: "liger_fused_linear_cross_entropy",
    forward: [chunk(vocabulary, hidden.dtype)],
    saved: [hiddenLike, ...(trained ? [{ shape: ofWeight, dtype: weight.dtype }] : [])],
    savesGradients: true,
    backward: [],
    gradients: [],
  };
};

/**
 * A loss that takes the hidden state and the head's weight and never has the logits of all tokens: torchtune's chunks, Liger's fused linear cross
 * entropy (gradients made in forward), cut cross entropy (gradients made in backward). TRL's head has a module of its own, `trl-head.ts`.
 *
 * @see torchtune/modules/loss/cross_entropy_loss.py; liger_kernel/ops/fused_linear_cross_entropy.py; cut_cross_entropy 25.1.1, cce.py, `LinearCrossEntropyFunction`
 */
export const linearLoss = (path: Kernel, hidden: Tensor, head: LoadedLinear): Tensor => {
  const { tape } = hidden;
  const states = tape.autocast.element === null ? hidden : to(hidden, tape.autocast.element);
  // The weight of a quantised head (LitGPT's) is packed, and does not have the shape [V, h].
  const weight = { ...head.weight, shape: head.dequantized ?? head.weight.shape };
  return inLogits(states, () => fusedLoss([states, head.weight], kernelOf(path, states, weight)));
};

/**
 * Cross entropy whose gradient is written over the fp32 logits (Liger cross entropy, Unsloth's fast cross entropy), with 16-bit scratch of their
 * size: about 8 bytes for each token and vocabulary entry. An estimate, not a count.
 *
 * @see liger_kernel/ops/cross_entropy.py, `cross_entropy_forward`; unsloth/kernels/cross_entropy_loss.py
 */
export const inplaceLoss = (logits: Tensor): Tensor => {
  const scratch: KernelTensor = { shape: logits.shape, dtype: "bf16" };
  return inLogits(logits, () =>
    fusedLoss([logits], {
      name: "inplace_cross_entropy",
      forward: [],
      saved: [{ shape: logits.shape, dtype: "fp32" }],
      savesGradients: true,
      backward: [scratch],
      gradients: [],
    }),
  );
};

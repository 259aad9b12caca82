import { within } from "#calc/tape/recorder.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/loss.ts";
import { to } from "#calc/tape/ops/to.ts";
import { shifted } from "#calc/tape/ops/view.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * Labels as transformers 5 shifts them: padded to [b, s+1], then `[..., 1:].contiguous()`, which is a view in a batch of one row, else a
 * copy.
 */
export const paddedLabels = (labels: Tensor): Tensor => {
  const padded = bind(compute({ name: "pad", shape: shapeOf("b", "s+1"), dtype: "int64" }, labels));
  return labels.tape.policies.singleRow
    ? padded
    : bind(compute({ name: "contiguous", shape: shapeOf("b", "s"), dtype: "int64" }, padded));
};

/** `labels[..., 1:].contiguous()`, bound: a view in a batch of one row, else a copy. */
export const shiftedLabels = (labels: Tensor): Tensor =>
  labels.tape.policies.singleRow
    ? labels
    : bind(compute({ name: "contiguous", shape: shapeOf("b", "s-1"), dtype: "int64" }, labels));

/** Runs `body` in the term "logits" and the module "loss_function". */
export const inLogits = <T>({ tape }: Tensor, body: () => T): T =>
  within(tape.recorder, { term: "logits", module: "loss_function" }, body);

/**
 * `ForCausalLMLoss` of transformers 5: logits in fp32, labels padded by one and shifted, cross entropy. The caller holds `logits`.
 *
 * @see transformers 5.24, loss/loss_utils.py
 */
export const causalLmLoss = (logits: Tensor, labels: Tensor): Tensor =>
  scoped(logits.tape, () =>
    inLogits(logits, () => {
      const upcast = bind(to(logits, "fp32"));
      return nllLoss(logSoftmax(upcast), paddedLabels(labels));
    }),
  );

/**
 * `F.cross_entropy` in a training loop of one's own: logits are not cast, labels are shifted beforehand. Autocast runs the softmax in fp32.
 */
export const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  inLogits(logits, () =>
    nllLoss(logSoftmax(logits.tape.autocast.element === null ? logits : to(logits, "fp32")), labels),
  );

/**
 * The loss up to transformers 4.48: copies the fp32 logits without their last position, and the labels without their first.
 *
 * @see transformers 4.46, loss/loss_utils.py; 4.45, models/llama/modeling_llama.py, where the upcast logits take the place of the others
 */
export const shiftedLoss = (logits: Tensor, labels: Tensor): Tensor =>
  scoped(logits.tape, () =>
    inLogits(logits, () => {
      const upcast = bind(to(logits, "fp32"));
      const shift_logits = bind(shifted(upcast));
      return nllLoss(logSoftmax(shift_logits), shiftedLabels(labels));
    }),
  );

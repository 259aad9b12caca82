// Cross entropy of a causal language model, as transformers 5 and versions up to 4.48 compute it.

import { withMarks } from "#calc/tape/recorder.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/log-softmax.ts";
import { to, shifted } from "#calc/tape/ops/views.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * Labels as transformers 5 shifts them: padded to [b, s+1], then `[..., 1:].contiguous()`, which is a view in a batch of one row, else a
 * copy.
 */
export const paddedLabels = (labels: Tensor): Tensor => {
  const padded = bind(withoutGraph({ name: "pad", shape: shapeOf("b", "s+1"), dtype: "int64" }, labels));
  return labels.tape.policies.singleRow
    ? padded
    : bind(withoutGraph({ name: "contiguous", shape: shapeOf("b", "s"), dtype: "int64" }, padded));
};

/** `labels[..., 1:].contiguous()`, bound: a view in a batch of one row, else a copy. */
const shiftedLabels = (labels: Tensor): Tensor =>
  labels.tape.policies.singleRow
    ? labels
    : bind(withoutGraph({ name: "contiguous", shape: shapeOf("b", "s-1"), dtype: "int64" }, labels));

/** Runs `body` in the term "logits" and the module "loss_function". */
export const inLogits = <T>({ tape }: Tensor, body: () => T): T =>
  withMarks(tape.recorder, { term: "logits", module: "loss_function" }, body);

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

/** What an older loss does with the logits. */
type ShiftedLoss = Readonly<{
  /** Whether logits are made fp32 first. */
  upcast: boolean;
  /** A kernel that replaces `F.cross_entropy`; null: none does. */
  fast: ((logits: Tensor, labels: Tensor) => Tensor) | null;
  /**
   * Whether to count the fp32 copy that Accelerate makes of 16-bit outputs under autocast, before the caller has them. It matters where the
   * loss itself makes no such copy.
   *
   * @see accelerate/utils/operations.py, `ConvertOutputsToFp32`
   */
  outputsInFloat?: boolean;
}>;

/**
 * A loss in the model's own file, or with a kernel of its own, up to transformers 4.48: it copies the logits without their last position,
 * and the labels without their first. Under autocast the softmax casts what is not fp32 yet.
 *
 * @see transformers 4.48, models/gpt_bigcode/modeling_gpt_bigcode.py
 */
export const causalShift =
  ({ upcast, fast, outputsInFloat = false }: ShiftedLoss) =>
  (logits: Tensor, labels: Tensor): Tensor =>
    scoped(logits.tape, () =>
      inLogits(logits, () => {
        const states = bind(upcast ? to(logits, "fp32") : logits);
        const shift_logits = bind(shifted(states));
        const shift_labels = shiftedLabels(labels);
        const isAutocast = logits.tape.autocast.element !== null;
        const softmax = (): Tensor => logSoftmax(isAutocast ? to(shift_logits, "fp32") : shift_logits);
        const loss = fast === null ? nllLoss(softmax(), shift_labels) : fast(shift_logits, shift_labels);
        if (isAutocast && outputsInFloat)
          bind(withoutGraph({ name: "float", shape: logits.shape, dtype: "fp32" }, logits));
        return loss;
      }),
    );

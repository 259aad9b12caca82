import { compute } from "#calc/tape/ops/compute.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/loss.ts";
import { to } from "#calc/tape/ops/to.ts";
import { shifted } from "#calc/tape/ops/view.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { inLogits, shiftedLabels } from "./causal-lm-loss.ts";

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
        if (isAutocast && outputsInFloat) bind(compute({ name: "float", shape: logits.shape, dtype: "fp32" }, logits));
        return loss;
      }),
    );

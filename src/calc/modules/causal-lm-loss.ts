import { compute } from "#calc/tape/ops/compute.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/loss.ts";
import { to } from "#calc/tape/ops/to.ts";
import { shifted } from "#calc/tape/ops/view.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Labels as version 5 shifts them: padded by one; with one row a view of that, with more a copy. */
const paddedLabels = (labels: Tensor): Tensor => {
  const padded = bind(compute({ name: "pad", shape: shapeOf("b", "s+1"), dtype: "int64" }, labels));
  return labels.tape.singleRow
    ? padded
    : bind(compute({ name: "contiguous", shape: shapeOf("b", "s"), dtype: "int64" }, padded));
};

const inLogits = <T>(tensor: Tensor, body: () => T): T => {
  const { tape } = tensor;
  const [component, module] = [tape.component, tape.module];
  tape.component = "logits";
  tape.module = "loss_function";
  const value = body();
  tape.component = component;
  tape.module = module;
  return value;
};

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

/** How an older loss goes on from the logits. */
type ShiftedLoss = Readonly<{
  /** Whether logits are made fp32 first. */
  upcast: boolean;
  /** A kernel in the place of `F.cross_entropy`; null: that. */
  fast: ((logits: Tensor, labels: Tensor) => Tensor) | null;
  /** Under autocast Accelerate turns 16-bit outputs into fp32 before the caller has them: the copy matters where the loss itself has none. @see accelerate/utils/operations.py, `ConvertOutputsToFp32` */
  outputsInFloat?: boolean;
}>;

/**
 * The loss up to transformers 4.48: the logits without their last row are copied in fp32, and so are the labels without their first. (Counted
 * with all rows: one row of V numbers more than there is.) Under autocast softmax casts what is not fp32 yet.
 *
 * @see transformers 4.46, loss/loss_utils.py; 4.45, models/llama/modeling_llama.py, where the upcast logits take the place of the others
 */
export const causalShift =
  ({ upcast, fast, outputsInFloat = false }: ShiftedLoss) =>
  (logits: Tensor, labels: Tensor): Tensor =>
    scoped(logits.tape, () =>
      inLogits(logits, () => {
        const states = bind(upcast ? to(logits, "fp32") : logits);
        const shift_logits = bind(shifted(states));
        const shift_labels = bind(compute({ name: "contiguous", shape: shapeOf("b", "s"), dtype: "int64" }, labels));
        const isAutocast = logits.tape.autocast !== null;
        const softmax = (): Tensor => logSoftmax(isAutocast ? to(shift_logits, "fp32") : shift_logits);
        const loss = fast === null ? nllLoss(softmax(), shift_labels) : fast(shift_logits, shift_labels);
        if (isAutocast && outputsInFloat) bind(compute({ name: "float", shape: logits.shape, dtype: "fp32" }, logits));
        return loss;
      }),
    );

/** The same as transformers itself has it. */
export const shiftedLoss = causalShift({ upcast: true, fast: null });

import { compute } from "#calc/tape/ops/compute.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/loss.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `ForCausalLMLoss` of transformers 5: logits in fp32, labels padded by one and shifted, cross entropy. The caller holds `logits`.
 *
 * @see transformers 5.24, loss/loss_utils.py
 */
export const causalLmLoss = (logits: Tensor, labels: Tensor): Tensor =>
  scoped(logits.tape, () => {
    const { tape } = logits;
    tape.module = "loss_function";
    const outer = tape.component;
    tape.component = "logits";
    const upcast = bind(to(logits, "fp32"));
    tape.component = outer;
    const padded = bind(compute({ name: "pad", shape: shapeOf("b", "s+1"), dtype: "int64" }, labels));
    // With one row the shifted labels are a view of the padded ones, with more a copy.
    const shifted = tape.singleRow
      ? padded
      : bind(compute({ name: "contiguous", shape: shapeOf("b", "s"), dtype: "int64" }, padded));
    tape.component = "logits";
    const loss = nllLoss(logSoftmax(upcast), shifted);
    tape.component = outer;
    return loss;
  });

import { compute } from "#calc/tape/ops/compute.ts";
import { logSoftmax, nllLoss } from "#calc/tape/ops/loss.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { labelShape } from "#calc/tape/shape.ts";
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
    const pad = (kind: Parameters<typeof labelShape>[0]): Tensor =>
      bind(compute({ name: "pad", shape: labelShape(kind), dtype: "int64" }, labels));
    pad("padded");
    // With one row the shifted labels are a view of the padded ones; with more, a copy.
    const targets = [pad("padded single row"), pad("shifted")];
    tape.component = "logits";
    const loss = nllLoss(logSoftmax(upcast), targets);
    tape.component = outer;
    return loss;
  });

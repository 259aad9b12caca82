import { compute } from "#calc/tape/ops/compute.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { logMixture } from "#calc/tape/ops/log-mixture.ts";
import { logSoftmax } from "#calc/tape/ops/loss.ts";
import { maskedRows } from "#calc/tape/ops/masked-rows.ts";
import { divideByCount } from "#calc/tape/ops/quotient.ts";
import { exp } from "#calc/tape/ops/rare-unary.ts";
import { timesScalar } from "#calc/tape/ops/scalar.ts";
import { sumExpanded } from "#calc/tape/ops/sum.ts";
import { addNumber, scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

const ONE = shapeOf(1);

/** `F.kl_div(mixture, target, log_target=True, reduction="none")`: `exp(target) * (target - mixture)`. */
const divergenceFrom = (mixture: Tensor, target: Tensor): Tensor => {
  const difference = subtract(target, mixture);
  return mul(exp(target), difference);
};

/** Logits and their labels, each shifted so that a position has the token after it. */
export type Shifted = Readonly<{ student: Tensor; teacher: Tensor; labels: Tensor }>;

/**
 * `generalized_jsd_loss` with `beta` between 0 and 1: both distributions over the whole vocabulary, their mixture, and the divergence of either from it, all of
 * every position; then those of the scored tokens.
 *
 * @see trl 1.16, experimental/gkd/gkd_trainer.py
 */
export const mixedDivergence = ({ student, teacher, labels }: Shifted): Tensor =>
  scoped(student.tape, () => {
    const scalar = (name: string, of: Tensor): Tensor => compute({ name, shape: ONE, dtype: "fp32" }, of);
    // The caller holds the logits: their quotients by the temperature take these names.
    const student_logits = bind(scale(student));
    const teacher_logits = bind(scale(teacher));
    const student_log_probs = bind(logSoftmax(student_logits));
    const teacher_log_probs = bind(logSoftmax(teacher_logits));
    const beta = bind(scalar("tensor", labels));
    const ofStudent = addNumber(student_log_probs);
    const ofTeacher = addNumber(teacher_log_probs);
    const mixture_log_probs = bind(logMixture(ofStudent, ofTeacher));
    const kl_teacher = bind(divergenceFrom(mixture_log_probs, teacher_log_probs));
    const kl_student = bind(divergenceFrom(mixture_log_probs, student_log_probs));
    const weighted = timesScalar(kl_teacher, beta);
    const jsd = bind(add(weighted, timesScalar(kl_student, scalar("rsub", beta))));
    const mask = bind(compute({ name: "ne", shape: labels.shape, dtype: "bool" }, labels));
    const scored = rebind(jsd, maskedRows(jsd, mask, shapeOf("n", lastDim(student.shape))));
    const count = compute({ name: "sum", shape: ONE, dtype: "int64" }, mask);
    const denom = bind(compute({ name: "clamp_min", shape: ONE, dtype: "int64" }, count));
    return divideByCount(sumExpanded(scored, ONE), denom);
  });

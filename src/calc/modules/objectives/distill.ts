// TRL's generalized knowledge distillation (GKD) on completions that are in the data.

import { withoutGraph } from "#calc/tape/operation.ts";
import { add, mul, subtract, divideByCount, timesConstant } from "#calc/tape/ops/arithmetic.ts";
import { logMixture, logSoftmax } from "#calc/tape/ops/log-softmax.ts";
import { maskedRows } from "#calc/tape/ops/indexing.ts";
import { exp, addNumber, scale } from "#calc/tape/ops/unary.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { bind, rebind, scoped, bindAll } from "#calc/tape/scope.ts";
import { lastDim, shapeOf, type Shape, ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { assert } from "#calc/base/guards.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { type Column, columnOf, type Objective, outputOf, type Pass } from "./objective.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/segments.ts";
import { runOtherModel } from "#calc/tape/create-tape.ts";
import { recordedSlice, slice } from "#calc/tape/ops/views.ts";
import { lossForBackward, logitsForward } from "./trl-trainers.ts";

/** `F.kl_div(mixture, target, log_target=True, reduction="none")`: `exp(target) * (target - mixture)`. */
const divergenceFrom = (mixture: Tensor, target: Tensor): Tensor => {
  const difference = subtract(target, mixture);
  return mul(exp(target), difference);
};

/** Logits and their labels, each shifted so that a position has the token after it. */
type Shifted = Readonly<{ student: Tensor; teacher: Tensor; labels: Tensor }>;

/**
 * `generalized_jsd_loss` with `beta` between 0 and 1: both distributions over the whole vocabulary, their mixture, and the divergence of either from it, all of
 * every position; then those of the scored tokens.
 *
 * @see trl 1.16, experimental/gkd/gkd_trainer.py
 */
const mixedDivergence = ({ student, teacher, labels }: Shifted): Tensor =>
  scoped(student.tape, () => {
    const scalar = (name: string, of: Tensor): Tensor => withoutGraph({ name, shape: ONE, dtype: "fp32" }, of);
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
    const weighted = timesConstant(kl_teacher, beta);
    const jsd = bind(add(weighted, timesConstant(kl_student, scalar("rsub", beta))));
    const mask = bind(withoutGraph({ name: "ne", shape: labels.shape, dtype: "bool" }, labels));
    const scored = rebind(jsd, maskedRows(jsd, mask, shapeOf("n", lastDim(student.shape))));
    const count = withoutGraph({ name: "sum", shape: ONE, dtype: "int64" }, mask);
    const denom = bind(withoutGraph({ name: "clamp_min", shape: ONE, dtype: "int64" }, count));
    return divideByCount(sumExpanded(scored, ONE), denom);
  });

/** Prompts come beside the rows, padded on the left, for completions that the student might make itself. @see trl 1.16, experimental/utils.py, `DataCollatorForChatML` */
const columns = (): readonly Column[] => {
  const ofShape = (names: readonly string[], shape: Shape): readonly Column[] =>
    names.map((name) => ({ name, shape, dtype: "int64" }));
  return [
    ...ofShape(["input_ids", "attention_mask", "labels"], shapeOf("b", "s")),
    ...ofShape(["prompts", "prompt_attention_mask"], shapeOf("b", "p")),
  ];
};

const policy: Pass = {
  id: "policy",
  moment: null,
  run: ({ forward, model, batch }) => ({ logits: logitsForward({ forward, model }, columnOf(batch, "input_ids")) }),
};

/** The teacher's layers are its own: all of its forward is one stretch of the run. */
const teacher: Pass = {
  id: "teacher",
  moment: "forward",
  run: ({ teacher: taught, model: { tape }, batch }) => {
    assert(taught !== null, "a student has a teacher");
    enterLayer(tape, -1);
    return withRecording(tape.autograd, false, () =>
      runOtherModel(tape, () => ({ logits: logitsForward(taught, columnOf(batch, "input_ids")) })),
    );
  },
};

/** `compute_loss`, from both logits on. */
const lossOf = (student: Tensor, ofTeacher: Tensor, labels: Tensor): Tensor =>
  scoped(student.tape, () => {
    const shape = shapeOf("b", "s-1", lastDim(student.shape));
    const [ofStudent, taught, predicted] = bindAll([
      recordedSlice(student, shape),
      slice(ofTeacher, shape),
      slice(labels, shapeOf("b", "s-1")),
    ] as const);
    return bind(mixedDivergence({ student: ofStudent, teacher: taught, labels: predicted }));
  });

/**
 * Generalised knowledge distillation of TRL, on completions that are there (`lmbda=0`): the student's forward and the teacher's, with whole logits of both in every
 * version, and a divergence between their distributions.
 *
 * @see trl 1.16, experimental/gkd/gkd_trainer.py, `compute_loss`
 */
export const distill: Objective = {
  withoutDropout: true,
  columns,
  passes: [policy, teacher],
  loss: ([ofStudent = {}, ofTeacher = {}], { batch }) => {
    const logits = outputOf(ofStudent, "logits");
    const loss = (): Tensor => lossOf(logits, outputOf(ofTeacher, "logits"), columnOf(batch, "labels"));
    return inLogits(logits, () => lossForBackward(loss(), ofStudent, ofTeacher));
  },
};

import { assert } from "#calc/base/assert.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { type Column, columnOf, type Objective, outputOf, type Pass } from "#calc/modules/objective.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { runApart } from "#calc/tape/apart.ts";
import { recordedSlice, slice } from "#calc/tape/ops/view.ts";
import { bind, bindAll, scoped } from "#calc/tape/scope.ts";
import { lastDim, type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { handedToBackward } from "./handed-to-backward.ts";
import { logitsForward } from "./logits-forward.ts";
import { mixedDivergence } from "./mixed-divergence.ts";

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
      runApart(tape, () => ({ logits: logitsForward(taught, columnOf(batch, "input_ids")) })),
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
    return inLogits(logits, () => handedToBackward(loss(), ofStudent, ofTeacher));
  },
};

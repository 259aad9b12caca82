import { compute } from "#calc/tape/ops/compute.ts";
import { divideByCount } from "#calc/tape/ops/quotient.ts";
import { sumExpanded } from "#calc/tape/ops/sum.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { negate, scale } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { drop } from "#calc/tape/tensor.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { outputOf, type Outputs } from "#calc/modules/objective.ts";
import { handedToBackward } from "./handed-to-backward.ts";

const ONE = shapeOf(1);

/** `x.sum()` of what is no part of the graph. */
const count = (x: Tensor): Tensor => compute({ name: "sum", shape: ONE, dtype: "int64" }, x);

/** `accelerator.gather_for_metrics(x.sum()).sum()` */
const gathered = (x: Tensor): Tensor => count(count(x));

/** What `compute_loss` of TRL's trainer has when it is about to return: the loss first, then its locals. `aux_loss`: that of routers, where it balances experts. */
export const trlSftLocals = (outputs: Outputs): readonly [Tensor, ...Tensor[]] => {
  const per_token_loss = bind(negate(outputOf(outputs, "log_probs")));
  const mask = outputOf(outputs, "mask");
  const { aux_loss } = outputs;
  const num_tokens = bind(count(mask));
  const ofTokens = bind(
    divideByCount(sumExpanded(per_token_loss, ONE), compute({ name: "clamp", shape: ONE, dtype: "int64" }, num_tokens)),
  );
  const weighted_aux_loss = aux_loss === undefined ? [] : [bind(scale(aux_loss))];
  const loss = weighted_aux_loss.reduce((sum, each) => rebind(sum, add(sum, scale(each))), ofTokens);
  const counted = [mask, outputOf(outputs, "entropy"), outputOf(outputs, "is_top1")];
  const metrics = counted.map((each) => bind(gathered(each)));
  // Two numbers are read from quotients of these; the tokens of the batch are counted last.
  drop(gathered(mask));
  return [loss, per_token_loss, num_tokens, ...weighted_aux_loss, ...metrics];
};

/**
 * The loss of TRL's trainer for fine-tuning from what its head gave, with the metrics of each step.
 *
 * @see trl 1.16, trainer/sft_trainer.py, `compute_loss`
 */
export const trlSftLoss = (outputs: Outputs): Tensor => {
  const first = outputOf(outputs, "loss");
  return inLogits(first, () =>
    handedToBackward(
      scoped(first.tape, () => trlSftLocals(outputs)[0]),
      outputs,
    ),
  );
};

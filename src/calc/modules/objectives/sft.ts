// Supervised fine-tuning: one forward, which makes the loss itself.

import { ONE } from "#calc/tape/ledger/shape.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { bindAll, unname, bind, rebind, scoped } from "#calc/tape/scope.ts";
import { causalLm, SFT_OUTPUTS } from "#calc/modules/causal-lm.ts";
import { labelled, type Objective, outputOf, type Outputs } from "./objective.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { scoredForward, lossForBackward } from "./trl-trainers.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { sumExpanded } from "#calc/tape/ops/reductions.ts";
import { scale, negate } from "#calc/tape/ops/unary.ts";
import { withoutGraph } from "#calc/tape/operation.ts";
import { divideByCount, add } from "#calc/tape/ops/arithmetic.ts";
import { drop } from "#calc/tape/tensor.ts";
import { inLogits } from "#calc/modules/causal-lm-loss.ts";

/**
 * Supervised fine-tuning: one forward, which gives the loss itself.
 *
 * @see transformers/trainer.py, `Trainer.compute_loss`
 */
export const sft: Objective = {
  passes: [
    {
      id: "train",
      moment: "forward",
      run: ({ forward, model, batch }) => {
        const { tape, options } = model;
        if (isTrlHead(options.loss)) return scoredForward({ forward, model, scores: SFT_OUTPUTS }, labelled(batch));
        const [loss, logits] = withAutocast(tape, options.autocast, () =>
          bindAll(causalLm(forward, model, labelled(batch))),
        );
        return { loss, logits };
      },
    },
  ],
  loss: ([outputs = {}], { model }) => {
    const { tape, options } = model;
    if (isTrlHead(options.loss)) return trlSftLoss(outputs);
    const loss = outputOf(outputs, "loss");
    const logits = outputOf(outputs, "logits");
    const isKept = options.loss.kind === "full" && options.loss.outputsKept;
    if (logits !== loss && tape.loop.outliving === null && !isKept) unname(logits);
    return loss;
  },
};

/** `x.sum()` of what is no part of the graph. */
const count = (x: Tensor): Tensor => withoutGraph({ name: "sum", shape: ONE, dtype: "int64" }, x);

/** `accelerator.gather_for_metrics(x.sum()).sum()` */
const gathered = (x: Tensor): Tensor => count(count(x));

/** What `compute_loss` of TRL's trainer has when it is about to return: the loss first, then its locals. `aux_loss`: that of routers, where it balances experts. */
export const trlSftLocals = (outputs: Outputs): readonly [Tensor, ...Tensor[]] => {
  const per_token_loss = bind(negate(outputOf(outputs, "log_probs")));
  const mask = outputOf(outputs, "mask");
  const { aux_loss } = outputs;
  const num_tokens = bind(count(mask));
  const ofTokens = bind(
    divideByCount(
      sumExpanded(per_token_loss, ONE),
      withoutGraph({ name: "clamp", shape: ONE, dtype: "int64" }, num_tokens),
    ),
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
const trlSftLoss = (outputs: Outputs): Tensor => {
  const first = outputOf(outputs, "loss");
  return inLogits(first, () =>
    lossForBackward(
      scoped(first.tape, () => trlSftLocals(outputs)[0]),
      outputs,
    ),
  );
};

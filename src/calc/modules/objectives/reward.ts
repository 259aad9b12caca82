// TRL's reward model: a score of each row, and the loss of their differences.

import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { type Column, columnOf, type Objective, outputOf, type Outputs, type Pass } from "./objective.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { subtract } from "#calc/tape/ops/arithmetic.ts";
import { lastTokens } from "#calc/tape/ops/indexing.ts";
import { logSigmoid, negate } from "#calc/tape/ops/unary.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { split } from "#calc/tape/ops/views.ts";
import { bind, bindAll, scoped, unname } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { lossForBackward, logitsInFp32, pairShape } from "./trl-trainers.ts";

const columns = (): readonly Column[] =>
  ["input_ids", "attention_mask"].map((name) => ({ name, shape: shapeOf("b", "s"), dtype: "int64" }));

/** Code of a model whose head is `score`: what a family does to its logits (capping, scaling) it does not do to scores. */
const scoring = (forward: Forward, input_ids: Tensor): Forward => ({
  ...forward,
  logits: (model, hidden_states) => applyLinear(model.head, hidden_states),
  loss: () => (logits) => inLogits(logits, () => lastTokens(logits, input_ids)),
});

const policy: Pass = {
  id: "policy",
  moment: "forward",
  run: ({ forward, model, batch }): Outputs => {
    const { tape, options } = model;
    const input_ids = columnOf(batch, "input_ids");
    const scores = withAutocast(tape, options.autocast, () => {
      const [ofRows, ofTokens] = bindAll(
        causalLm(scoring(forward, input_ids), model, { input_ids, labels: input_ids }),
      );
      unname(ofTokens);
      return ofRows;
    });
    return { scores: logitsInFp32(scores, [], options.autocast !== null) };
  },
};

/** `-F.logsigmoid(rewards_chosen - rewards_rejected).mean()`; the halves have their names until `compute_loss` returns. */
const lossOf = (scores: Tensor): Tensor =>
  scoped(scores.tape, () => {
    const [chosen, rejected] = bindAll(split(scores, [pairShape(), pairShape()]) as readonly [Tensor, Tensor]);
    return bind(negate(sumTo(logSigmoid(subtract(chosen, rejected)), shapeOf(1))));
  });

/**
 * A reward model of TRL: one forward over chosen and rejected rows, a score of each row, and the loss of their differences. There are no logits in any version.
 *
 * @see trl 1.16, trainer/reward_trainer.py, `compute_loss`
 */
export const reward: Objective = {
  withoutDropout: true,
  columns,
  passes: [policy],
  loss: ([ofPolicy = {}]) => {
    const scores = outputOf(ofPolicy, "scores");
    return inLogits(scores, () => lossForBackward(lossOf(scores), ofPolicy));
  },
};

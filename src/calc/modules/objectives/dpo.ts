import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { type Column, type Objective, outputOf, type Outputs, type Pass } from "#calc/modules/objective.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { logSigmoid } from "#calc/tape/ops/log-sigmoid.ts";
import { sumTo } from "#calc/tape/ops/sum.ts";
import { addNumber, negate, scale } from "#calc/tape/ops/unary.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { fusedPairs } from "./dpo-fused.ts";
import { wholePairs } from "./dpo-full.ts";
import { handedToBackward } from "./handed-to-backward.ts";
import { type PairForward, pairs } from "./pair-forward.ts";
import { referenceOf } from "./scored-forward.ts";

const ONE = shapeOf(1);

const columns = ({ reference: held }: StepOptions): readonly Column[] => [
  ...["input_ids", "attention_mask", "completion_mask"].map((name): Column => ({
    name,
    shape: shapeOf("b", "s"),
    dtype: "int64",
  })),
  ...(held === "precomputed" ? ["ref_chosen_logps", "ref_rejected_logps"] : []).map((name): Column => ({
    name,
    shape: pairs(),
    dtype: "fp32",
  })),
];

/** TRL's head, or whole logits as before 1.15. */
const forwardOf = ({ loss }: StepOptions): PairForward => (isTrlHead(loss) ? fusedPairs : wholePairs);

const policy: Pass = {
  id: "policy",
  moment: null,
  run: ({ forward, model, batch }) => forwardOf(model.options).run({ forward, model, batch, ofPolicy: null }),
};

const reference: Pass = {
  id: "reference",
  moment: "forward",
  run: (running, [ofPolicy = {}]) => {
    const { model, batch } = running;
    const { tape, options } = model;
    if (options.reference === "precomputed") {
      enterLayer(tape, model.layers.length);
      return {};
    }
    const held = referenceOf(running);
    return withRecording(tape.autograd, false, () => forwardOf(options).run({ ...held, batch, ofPolicy }));
  },
};

/** What a pass holds for the loss. */
type Halves = Readonly<{ chosen: Tensor | null; rejected: Tensor | null }>;

/** `chosen_logps - ref_chosen_logps`; of numbers that came with the batch nothing is allocated but the difference. */
const ratio = (logps: Tensor, ref: Tensor | null): Tensor =>
  bind(ref === null ? addNumber(logps) : subtract(logps, ref));

/** `-F.logsigmoid(beta * delta).mean() * weight`, from 0 on. Other losses of pairs cost the same but for a few numbers a pair. */
const sigmoidLoss = (delta: Tensor): Tensor => {
  const per_sequence_loss = bind(negate(logSigmoid(scale(delta))));
  return bind(addNumber(scale(sumTo(per_sequence_loss, ONE))));
};

const lossOf = (ofPolicy: Outputs, ref: Halves, report: () => void): Tensor => {
  const chosen = outputOf(ofPolicy, "chosen");
  const rejected = outputOf(ofPolicy, "rejected");
  return scoped(chosen.tape, () => {
    const chosen_logratios = ratio(chosen, ref.chosen);
    const rejected_logratios = ratio(rejected, ref.rejected);
    const loss = sigmoidLoss(bind(subtract(chosen_logratios, rejected_logratios)));
    report();
    return loss;
  });
};

/**
 * Direct preference optimisation of TRL, with the sigmoid loss: the policy's forward over chosen and rejected rows, the reference's, and a loss of
 * their differences. The policy's graph is there while the reference runs.
 *
 * @see trl 1.16 and 1.8, trainer/dpo_trainer.py, `_compute_loss`
 */
export const dpo: Objective = {
  withoutDropout: true,
  columns,
  passes: [policy, reference],
  loss: ([ofPolicy = {}, ofReference = {}], { model }) =>
    inLogits(outputOf(ofPolicy, "logps"), () => {
      const { chosen = null, rejected = null } = ofReference;
      const loss = lossOf(ofPolicy, { chosen, rejected }, () => forwardOf(model.options).report(ofPolicy));
      return handedToBackward(loss, ofPolicy, ofReference);
    }),
};

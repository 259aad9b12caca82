import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import { type Column, type Objective, outputOf, type Pass } from "#calc/modules/objective.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { withRecording } from "#calc/tape/autograd.ts";
import { enterLayer } from "#calc/tape/enter-layer.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { fusedPairs } from "./dpo-fused.ts";
import { wholePairs } from "./dpo-full.ts";
import { handedToBackward } from "./handed-to-backward.ts";
import { type PairForward, pairs } from "./pair-forward.ts";
import { pairLoss } from "./pair-loss.ts";
import { dpoOf024 } from "./dpo-0.24.ts";
import { referenceOf } from "./scored-forward.ts";

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
  ofReference: true,
  run: (running, [ofPolicy = {}]) => {
    const { model, batch } = running;
    const { tape, options } = model;
    if (options.reference === "precomputed") {
      enterLayer(tape, model.layers.length);
      return {};
    }
    const held = referenceOf(running);
    return withRecording(tape.autograd, false, () =>
      forwardOf(options).run({ ...held, batch, ofPolicy, isCopy: running.copy !== null }),
    );
  },
};

/**
 * Direct preference optimisation of TRL, with the sigmoid loss: the policy's forward over chosen and rejected rows, the reference's, and a loss of
 * their differences. The policy's graph is there while the reference runs.
 *
 * @see trl 1.16 and 1.8, trainer/dpo_trainer.py, `_compute_loss`
 */
export const dpo: Objective = {
  withoutDropout: true,
  older: { "trl-0.24": dpoOf024 },
  columns,
  passes: [policy, reference],
  loss: ([ofPolicy = {}, ofReference = {}], { model }) =>
    inLogits(outputOf(ofPolicy, "logps"), () => {
      const { chosen = null, rejected = null } = ofReference;
      const loss = pairLoss(
        ofPolicy,
        { chosen, rejected },
        { report: () => forwardOf(model.options).report(ofPolicy) },
      );
      return handedToBackward(loss, ofPolicy, ofReference);
    }),
};

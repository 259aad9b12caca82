import { assert } from "#calc/base/assert.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { bindAll, unname } from "#calc/tape/scope.ts";
import { causalLm } from "#calc/modules/causal-lm.ts";
import { labelled, type Objective } from "#calc/modules/objective.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { trlSftLoss } from "./trl-sft-loss.ts";

/**
 * Supervised fine-tuning: one forward, which gives the loss itself.
 *
 * @see transformers/trainer.py, `Trainer.compute_loss`
 */
export const sft: Objective = {
  lossOfModel: true,
  passes: [
    {
      id: "train",
      moment: "forward",
      run: ({ forward, model, batch }) => {
        const { tape, options } = model;
        return withAutocast(tape, options.autocast, () => bindAll(causalLm(forward, model, labelled(batch))));
      },
    },
  ],
  loss: ([outputs], { model }) => {
    const [loss, logits] = outputs ?? [];
    assert(loss !== undefined && logits !== undefined, "the model returned its loss and its logits");
    const { tape, options } = model;
    if (isTrlHead(options.loss)) return trlSftLoss(outputs ?? []);
    const isKept = options.loss.kind === "full" && options.loss.outputsKept;
    if (logits !== loss && tape.loop.outliving === null && !isKept) unname(logits);
    return loss;
  },
};

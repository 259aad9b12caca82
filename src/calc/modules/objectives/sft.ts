import { withAutocast } from "#calc/tape/autocast.ts";
import { bindAll, unname } from "#calc/tape/scope.ts";
import { causalLm, SFT_OUTPUTS } from "#calc/modules/causal-lm.ts";
import { labelled, type Objective, outputOf } from "./objective.ts";
import { isTrlHead } from "#calc/modules/trl-head.ts";
import { scoredForward, trlSftLoss } from "./trl-trainers.ts";

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

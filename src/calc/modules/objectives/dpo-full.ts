import { inLogits } from "#calc/modules/causal-lm-loss.ts";
import { columnOf, outputOf } from "#calc/modules/objective.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { entropyWork } from "#calc/tape/ops/entropy.ts";
import { maskedOut } from "#calc/tape/ops/masked-rows.ts";
import { selectiveLogSoftmax } from "#calc/tape/ops/selective-log-softmax.ts";
import { recordedSlice } from "#calc/tape/ops/view.ts";
import { bind } from "#calc/tape/scope.ts";
import { lastDim, shapeOf } from "#calc/tape/ledger/shape.ts";
import { logitsForward } from "./logits-forward.ts";
import { type PairForward, perSequence } from "./pair-forward.ts";

/** TRL 1.6 to 1.14: whole logits, and log-probabilities of the tokens that follow, row by row. */
export const wholePairs: PairForward = {
  run: ({ batch, forward, model }) => {
    const input_ids = columnOf(batch, "input_ids");
    const logits = logitsForward({ forward, model }, input_ids);
    return inLogits(logits, () => {
      const shift_logits = bind(recordedSlice(logits, shapeOf("b", "s-1", lastDim(logits.shape))));
      const per_token_logps = selectiveLogSoftmax(shift_logits, input_ids);
      const isPrompt = compute(
        { name: "eq", shape: shapeOf("b", "s-1"), dtype: "bool" },
        columnOf(batch, "completion_mask"),
      );
      const scored = bind(maskedOut(per_token_logps, isPrompt));
      return { logits, shift_logits, scored, ...perSequence(scored) };
    });
  },
  report: (ofPolicy) => entropyWork(outputOf(ofPolicy, "shift_logits"), "earlier pieces"),
};

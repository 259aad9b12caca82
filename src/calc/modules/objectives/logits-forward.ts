import { causalLm } from "#calc/modules/causal-lm.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { within } from "#calc/tape/recorder.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Code of a model that is called without labels: it returns its logits, and makes no loss. */
export const withoutLabels = (forward: Forward): Forward => ({ ...forward, loss: () => (logits) => logits });

/**
 * `convert_outputs_to_fp32`: logits that leave autocast are cast to fp32, and the others go when the wrapper returns. The caller has bound them.
 *
 * @see accelerate 1.15, utils/operations.py
 */
export const inFp32 = (logits: Tensor, isAutocast: boolean): Tensor =>
  isAutocast && logits.dtype !== "fp32"
    ? rebind(
        logits,
        within(logits.tape.recorder, { term: "logits" }, () => to(logits, "fp32")),
      )
    : logits;

/** `model(input_ids, attention_mask).logits` within accelerate's wrapper, bound. */
export const logitsForward = (
  { forward, model }: Readonly<{ forward: Forward; model: Model }>,
  input_ids: Tensor,
): Tensor => {
  const { tape, options } = model;
  const inputs = { input_ids, labels: input_ids };
  const logits = withAutocast(tape, options.autocast, () => bind(causalLm(withoutLabels(forward), model, inputs)[1]));
  return inFp32(logits, options.autocast !== null);
};

import { causalLm } from "#calc/modules/causal-lm.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { withAutocast } from "#calc/tape/autocast.ts";
import { within } from "#calc/tape/recorder.ts";
import { to } from "#calc/tape/ops/to.ts";
import { bind, unname } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** Code of a model that is called without labels: it returns its logits, and makes no loss. */
export const withoutLabels = (forward: Forward): Forward => ({ ...forward, loss: () => (logits) => logits });

/**
 * `convert_outputs_to_fp32`: what leaves autocast is cast to fp32, one after the other, and the others go when the wrapper returns. The caller has bound them, logits
 * first.
 *
 * @see accelerate 1.15, utils/operations.py
 */
export const inFp32 = (logits: Tensor, others: readonly Tensor[], isAutocast: boolean): Tensor => {
  if (!isAutocast) return logits;
  const given = [logits, ...others];
  const [cast = logits] = within(logits.tape.recorder, { term: "logits" }, () =>
    given.map((each) => bind(to(each, "fp32"))),
  );
  given.forEach(unname);
  return cast;
};

/** `model(input_ids, attention_mask).logits` within accelerate's wrapper, bound. */
export const logitsForward = (
  { forward, model }: Readonly<{ forward: Forward; model: Model }>,
  input_ids: Tensor,
): Tensor => {
  const { tape, options } = model;
  const inputs = { input_ids, labels: input_ids };
  const logits = withAutocast(tape, options.autocast, () => bind(causalLm(withoutLabels(forward), model, inputs)[1]));
  return inFp32(logits, [], options.autocast !== null);
};

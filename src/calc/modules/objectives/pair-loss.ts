// Loss of preference pairs from log-probabilities, and hidden states that DPO of TRL 0.24 holds.

import { outputOf, type Outputs } from "./objective.ts";
import { subtract } from "#calc/tape/ops/arithmetic.ts";
import { logSigmoid, addNumber, negate, scale } from "#calc/tape/ops/unary.ts";
import { sumTo } from "#calc/tape/ops/reductions.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { ONE } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

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

/** Before TRL 1 labels may be smoothed: `-F.logsigmoid(beta * delta) * (1 - smoothing) - F.logsigmoid(-beta * delta) * smoothing`, of both also where `smoothing` is 0. */
export const smoothedLoss = (delta: Tensor): Tensor => {
  const right = scale(negate(logSigmoid(scale(delta))));
  const losses = bind(subtract(right, scale(logSigmoid(scale(delta)))));
  return bind(sumTo(addNumber(scale(losses)), ONE));
};

/** Which loss the differences have; absent: the plain one. `report`: what the trainer reports before its function returns. */
type Reported = Readonly<{ lossOf?: (delta: Tensor) => Tensor; report?: () => void }>;

/** The loss of pairs from log-probabilities of the policy and of its reference. */
export const pairLoss = (ofPolicy: Outputs, ref: Halves, { lossOf = sigmoidLoss, report }: Reported): Tensor => {
  const chosen = outputOf(ofPolicy, "chosen");
  const rejected = outputOf(ofPolicy, "rejected");
  return scoped(chosen.tape, () => {
    const chosen_logratios = ratio(chosen, ref.chosen);
    const rejected_logratios = ratio(rejected, ref.rejected);
    const loss = lossOf(bind(subtract(chosen_logratios, rejected_logratios)));
    report?.();
    return loss;
  });
};

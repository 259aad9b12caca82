import type { Forward, Model } from "#calc/modules/forward.ts";
import type { Batch, Outputs } from "#calc/modules/objective.ts";
import { sumExpanded } from "#calc/tape/ops/sum.ts";
import { split } from "#calc/tape/ops/view.ts";
import { bind, bindAll } from "#calc/tape/scope.ts";
import { type Shape, shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** A model that is run on a batch of pairs. `ofPolicy`: what the policy's forward gave, where this is the reference's; null: it is the policy's. `isCopy`: the reference is another model. */
export type OfPairs = Readonly<{
  batch: Batch;
  forward: Forward;
  model: Model;
  ofPolicy: Outputs | null;
  isCopy?: boolean;
}>;

/** How a version of TRL comes from a model to log-probabilities of pairs. */
export type PairForward = Readonly<{
  /** Those of rows (`logps`), their `chosen` and `rejected` halves, and all else that the trainer's function holds from there on; each bound. */
  run: (of: OfPairs) => Outputs;
  /** What a step reports of the policy, as far as it takes more than a few numbers. */
  report: (ofPolicy: Outputs) => void;
}>;

/** Of b rows the first half are chosen, the others rejected. */
export const pairs = (): Shape => shapeOf("b", 1 / 2);

/** Log-probabilities of rows, and those of the chosen and the rejected half. */
export type PerSequence = Readonly<Record<"chosen" | "rejected" | "logps", Tensor>>;

/** `per_token_logps.sum(dim=1).chunk(2, dim=0)`, and the sums. */
export const perSequence = (per_token_logps: Tensor): PerSequence => {
  const logps = bind(sumExpanded(per_token_logps, shapeOf("b")));
  const [chosen, rejected] = bindAll(split(logps, [pairs(), pairs()]) as readonly [Tensor, Tensor]);
  return { chosen, rejected, logps };
};

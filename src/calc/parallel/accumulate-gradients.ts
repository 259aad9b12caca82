import type { Element } from "#calc/base/element.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { flat, takeGradients, type Unit } from "./units.ts";

/**
 * Whether the gradients of this micro step stay unsharded until the last one (`no_sync`). Of the micro steps before the last only the first is run, as they
 * are equal, and before it one that LitGPT's loop still holds, which is as little the last.
 *
 * @see accelerate/accelerator.py, `no_sync`; transformers/trainer.py, `_inner_training_loop`
 */
export const isKept = ({ position: { microStep } }: Tape, { noSync }: RankOptions): boolean => noSync && microStep <= 0;

/**
 * Keeps a unit's unsharded gradients as FSDP2 does: cast to the type that they will be reduced in. Those of later micro steps are added to them. In bf16 they
 * are not cast, and autograd adds to them.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `to_accumulated_grad_if_needed`, `accumulate_unsharded_grad_if_needed`
 */
export const accumulateGradients = ({ recorder: { ledger } }: Tape, unit: Unit, reduce: Element): void => {
  if (reduce === "bf16") return;
  const isFirst = unit.accumulated.length === 0;
  for (const [each, gradient] of takeGradients(unit)) {
    const elements = gradient.shape.factor;
    if (isFirst) unit.accumulated.push([each, flat(ledger, { op: "to", term: "gradients", elements, dtype: reduce })]);
    release(ledger, gradient);
  }
};

import type { Element } from "#calc/base/element.ts";
import { release } from "#calc/tape/ledger/storages.ts";
import type { Tape } from "#calc/tape/tape.ts";
import type { RankOptions } from "#calc/model/options/rank-options.ts";
import { flat, takeGradients, type Unit } from "./units.ts";

/**
 * Whether the gradients of the micro step that runs wait whole for the last one. Of those before it only one is run: they are alike.
 *
 * @see accelerate/accelerator.py, `no_sync`; transformers/trainer.py, `_inner_training_loop`
 */
export const isKept = ({ position: { microStep } }: Tape, { reducesLast }: RankOptions): boolean =>
  reducesLast && microStep === 0;

/**
 * Keeps a unit's whole gradients as FSDP2 does: in the type that they will be reduced in, where those of later micro steps are added to them.
 *
 * @see torch/distributed/fsdp/_fully_shard/_fsdp_param.py, `to_accumulated_grad_if_needed`, `accumulate_unsharded_grad_if_needed`
 */
export const keepWhole = ({ recorder: { ledger } }: Tape, unit: Unit, reduce: Element): void => {
  if (reduce === "bf16") return;
  const isFirst = unit.whole.length === 0;
  for (const [each, gradient] of takeGradients(unit)) {
    const elements = gradient.shape.factor;
    if (isFirst) unit.whole.push([each, flat(ledger, { op: "to", term: "gradients", elements, dtype: reduce })]);
    release(ledger, gradient);
  }
};

import { assert } from "#calc/base/assert.ts";
import { type Batch, columnOf, outputOf, type Outputs, type Running } from "#calc/modules/objective.ts";
import { cat } from "#calc/tape/ops/cat.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { nanMean } from "#calc/tape/ops/nan-mean.ts";
import { negate, scale, sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { drop } from "#calc/tape/tensor.ts";

const ONE = shapeOf(1);

/** The mean divergence of the mismatched completions, at least 0; a number where there are none. */
const divergence = (batch: Batch, logps: Tensor | null, ref: Tensor | null): Tensor => {
  const single = (name: string, of: Tensor): Tensor => compute({ name, shape: ONE, dtype: "fp32" }, of);
  if (logps === null) return bind(single("zeros", columnOf(batch, "label")));
  const difference = subtract(logps, ref ?? columnOf(batch, "ref_KL_logps"));
  const mean = bind(single("mean", difference));
  return bind(single("clamp", single("mean", mean)));
};

/** `1 - F.sigmoid(beta * (ratios - kl))`, of `apo_zero_unpaired` without `kl`, and there of unwanted rows the sigmoid as it is; and rewards, `beta * ratios`. */
const lossesOf = (ratios: Tensor, kl: Tensor | null, side: "chosen" | "rejected"): Tensor => {
  const { shape } = ratios;
  const share = sigmoid(scale(kl === null ? ratios : subtract(ratios, kl, shape)));
  const losses = bind(kl === null && side === "rejected" ? share : negate(share));
  bind(compute({ name: "mul", shape, dtype: "fp32" }, ratios));
  return losses;
};

/** How many rows are wanted, and how many are not, moves no more than a block: half of them stand for either. */
const HALF = 1 / 2;

/** What a step reports of the policy: entropy of its completions, mean logits of the wanted and the unwanted ones. */
const report = (batch: Batch, ofPolicy: Outputs): void => {
  const entropy = outputOf(ofPolicy, "entropy");
  const masked = compute({ name: "mul", shape: entropy.shape, dtype: "fp32" }, entropy);
  drop(compute({ name: "sum", shape: ONE, dtype: "fp32" }, masked));
  const mean_logits = outputOf(ofPolicy, "mean_logits");
  const mask = columnOf(batch, "completion_mask");
  for (const [of, dtype] of [
    [mean_logits, "fp32"],
    [mask, "int64"],
  ] as const)
    for (let half = 0; half < 2; half++)
      bind(compute({ name: "index_select", shape: shapeOf("b", HALF, "s-1"), dtype }, of));
};

/** `_compute_loss`, from the outputs of the four passes on. */
export const ktoLoss = (
  running: Running,
  [ofKl = {}, ofPolicy = {}, ofReferenceKl = {}, ofReference = {}]: readonly Outputs[],
): Tensor => {
  const { batch, model } = running;
  return scoped(model.tape, () => {
    const { KL_logps = null } = ofKl;
    const { KL_logps: refKl = null } = ofReferenceKl;
    const mean = divergence(batch, KL_logps, refKl);
    const shift = KL_logps === null ? null : mean;
    const sides = (["chosen", "rejected"] as const).map((side) => {
      const ratios = bind(subtract(outputOf(ofPolicy, side), outputOf(ofReference, side)));
      return lossesOf(ratios, shift, side);
    });
    const [chosen, rejected] = sides;
    assert(chosen !== undefined && rejected !== undefined, "rows are wanted or not");
    const losses = bind(cat(scale(chosen), scale(rejected), shapeOf("b")));
    report(batch, ofPolicy);
    return bind(nanMean(losses));
  });
};

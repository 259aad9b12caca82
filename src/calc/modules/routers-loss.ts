import { within } from "#calc/tape/recorder.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `load_balancing_loss_func`, outside the graph: one number from the logits of all routers, which the caller holds. Its temporaries (probabilities of one layer and
 * of the layer before it) are left out: they are gone when it returns, and a layer or whole logits take more.
 *
 * @see transformers 5.24, models/mixtral/modeling_mixtral.py
 */
export const routersLoss = (first: Tensor): Tensor =>
  within(first.tape.recorder, { term: "logits", module: "load_balancing_loss_func" }, () =>
    compute({ name: "mul", shape: shapeOf(1), dtype: "fp32" }, first),
  );

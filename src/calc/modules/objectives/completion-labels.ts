import { type Batch, columnOf } from "#calc/modules/objective.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `input_ids.masked_fill(completion_mask == 0, -100)`. `prefix`: of another batch of the trainer's, as its names begin. */
export const completionLabels = (batch: Batch, prefix = ""): Tensor => {
  const input_ids = columnOf(batch, `${prefix}input_ids`);
  const { shape } = input_ids;
  const isPrompt = compute({ name: "eq", shape, dtype: "bool" }, columnOf(batch, `${prefix}completion_mask`));
  return compute({ name: "masked_fill", shape, dtype: "int64" }, input_ids, isPrompt);
};

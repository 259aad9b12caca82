import { type Batch, columnOf } from "#calc/modules/objective.ts";
import { withoutGraph } from "#calc/tape/ops/operation.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `input_ids.masked_fill(completion_mask == 0, -100)`. `prefix`: of another batch of the trainer's, as its names begin. */
export const completionLabels = (batch: Batch, prefix = ""): Tensor => {
  const input_ids = columnOf(batch, `${prefix}input_ids`);
  const { shape } = input_ids;
  const isPrompt = withoutGraph({ name: "eq", shape, dtype: "bool" }, columnOf(batch, `${prefix}completion_mask`));
  return withoutGraph({ name: "masked_fill", shape, dtype: "int64" }, input_ids, isPrompt);
};

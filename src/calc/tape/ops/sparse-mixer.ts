import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import { withLast } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { consume, drop, fresh } from "#calc/tape/tape.ts";

/**
 * `sparsemixer`: draws `k` experts one after the other; for each, the draw, the masked gates, their mask and the gate drawn stay for backward.
 * What it makes besides is gone when it returns, and less than what the experts make next.
 *
 * @see transformers 5.24, modeling_phimoe.py
 */
export const sparseMixer = (scores: Tensor, k: number): readonly [multiplier: Tensor, selected_experts: Tensor] => {
  const { tape, shape, dtype } = scores;
  const node = startNode("sparsemixer", [scores], (gradients) => [fresh(tape, shape, arrived(gradients).dtype)]);
  tape.op = "sparsemixer";
  const one = withLast(shape, 1);
  for (let drawn = 0; node !== null && drawn < k; drawn++) {
    const kept = [
      fresh(tape, shape, "bool"),
      fresh(tape, shape, dtype),
      fresh(tape, one, "int64"),
      fresh(tape, one, dtype),
    ];
    for (const tensor of kept) {
      save(node, tensor);
      drop(tensor);
    }
  }
  const chosen = withLast(shape, k);
  const multiplier = attach(fresh(tape, chosen, dtype), node);
  consume(scores);
  return [multiplier, fresh(tape, chosen, "int64")];
};

import { consume, drop, fresh, freshBy } from "#calc/tape/tensor.ts";
import type { Element } from "#calc/base/element.ts";
import { arrived, attach, save, startNode } from "#calc/tape/record.ts";
import { type Shape, withLast } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `sparsemixer`: draws `k` experts one after the other. For each it saves the mask, the masked gates, the index that was drawn and its
 * gate. Its temporaries are left out: they are gone when it returns, and smaller than the experts'.
 *
 * @see transformers 5.24, modeling_phimoe.py
 */
export const sparseMixer = (scores: Tensor, k: number): readonly [multiplier: Tensor, selected_experts: Tensor] => {
  const { tape, shape, dtype } = scores;
  const node = startNode("sparsemixer", [scores], (gradients) => [fresh(tape, shape, arrived(gradients).dtype)]);
  const make = (of: Shape, type: Element): Tensor => freshBy(tape, { name: "sparsemixer", shape: of, dtype: type });
  const one = withLast(shape, 1);
  for (let drawn = 0; node !== null && drawn < k; drawn++) {
    for (const tensor of [make(shape, "bool"), make(shape, dtype), make(one, "int64"), make(one, dtype)]) {
      save(node, tensor);
      drop(tensor);
    }
  }
  const chosen = withLast(shape, k);
  const multiplier = attach(make(chosen, dtype), node);
  consume(scores);
  return [multiplier, make(chosen, "int64")];
};

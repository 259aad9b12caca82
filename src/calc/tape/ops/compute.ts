import type { Tensor } from "#calc/tape/tape.ts";
import { consume, freshBy, type Made } from "#calc/tape/tensor.ts";

/** An operation outside the graph: positions, angles, masks, norms under `no_grad`. */
export const compute = (made: Made, ...inputs: readonly [Tensor, ...Tensor[]]): Tensor => {
  const output = freshBy(inputs[0].tape, made);
  for (const input of inputs) consume(input);
  return output;
};

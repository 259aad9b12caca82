import type { Tensor, Backward, GradNode } from "#calc/tape/tape.ts";
import { consume, freshBy, type Made, fresh } from "#calc/tape/tensor.ts";
import { arrived, like } from "#calc/tape/record.ts";

/** An operation outside the graph: positions, angles, masks, norms under `no_grad`. */
export const withoutGraph = (made: Made, ...inputs: readonly [Tensor, ...Tensor[]]): Tensor => {
  const output = freshBy(inputs[0].tape, made);
  for (const input of inputs) consume(input);
  return output;
};

/** The only input of an operation, or the first. */
export const inputOf = ({ inputs }: GradNode): Tensor => inputs[0] as Tensor;

/** The two inputs of an operation. */
export const bothOf = ({ inputs }: GradNode): readonly [Tensor, Tensor] => inputs as readonly [Tensor, Tensor];

/** A new gradient of an input, in the dtype of the gradient that arrived; null if the input needs none. */
export const gradientOf = ({ tape, dtype }: Tensor, { node, shape }: Tensor): Tensor | null =>
  node === null ? null : fresh(tape, shape, dtype);

/** Backward that hands the gradient on as it is. */
export const passOn: Backward = (gradients) => [arrived(gradients)];

/** Backward of an elementwise operation: a new tensor like the gradient. */
export const likeGradient: Backward = (gradients) => [like(arrived(gradients))];

/** Backward of an operation that changes the number of elements: a new tensor of the input's shape, in the gradient's dtype. */
export const likeInput: Backward = (gradients, node) => {
  const { tape, dtype } = arrived(gradients);
  return [fresh(tape, inputOf(node).shape, dtype)];
};

import type { PlannedTensor } from "./planned-tensor.ts";

const isMatrix = ({ shape }: PlannedTensor): boolean => shape.length > 1;

/**
 * Parameter groups of transformers' optimizers, those without tensors left out: matrices, and norms and biases, which have no weight decay.
 *
 * @see transformers/trainer.py, `get_decay_parameter_names`
 */
export const parameterGroups = (tensors: readonly PlannedTensor[]): readonly (readonly PlannedTensor[])[] =>
  [tensors.filter(isMatrix), tensors.filter((tensor) => !isMatrix(tensor))].filter(({ length }) => length > 0);

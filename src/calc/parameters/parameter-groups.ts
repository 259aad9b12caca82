import type { PlannedTensor } from "./planned-tensor.ts";

/** Whether a tensor has weight decay: all do but norms and biases. */
const decays = ({ role }: PlannedTensor): boolean => role !== "norm" && role !== "bias";

/**
 * Parameter groups of transformers' optimizers, those without tensors left out: what has weight decay, and norms and biases, which have none.
 *
 * @see transformers/trainer.py, `get_decay_parameter_names`
 */
export const parameterGroups = (tensors: readonly PlannedTensor[]): readonly (readonly PlannedTensor[])[] =>
  [tensors.filter(decays), tensors.filter((tensor) => !decays(tensor))].filter(({ length }) => length > 0);

/** What an activation function saves for each of its elements: tensors of its input's dtype, and masks of one byte. */
export type ActivationSaved = Readonly<{ tensors: number; masks: number }>;

/** One kernel that saves its input (SiLU, GELU) or its result (ReLU and its square). */
export const FUSED_ACTIVATION: ActivationSaved = { tensors: 1, masks: 0 };

/**
 * Activations that are written out in Python, so that autograd saves what their steps need. `gelu_new`: the input (of the cube), the tanh, and both factors
 * of the product. `xielu`: the input, its scaled copy, the exponential, and the mask of the choice between the two branches.
 *
 * @see transformers/activations.py, `NewGELUActivation`, `XIELUActivation`.
 */
export const ACTIVATIONS: Readonly<Record<string, ActivationSaved>> = {
  gelu_new: { tensors: 4, masks: 0 },
  xielu: { tensors: 3, masks: 1 },
};

// Leaves of the graph: parameters and buffers, and tensors that require a gradient.

import { graphNode, attach } from "./operation.ts";
import type { GradNode, Tensor, Leaf, Tape } from "./tape.ts";
import { fresh } from "./tensor.ts";
import type { AllocatedTermId } from "#calc/model/terms.ts";
import type { Element } from "#calc/base/dtypes.ts";
import { withMarks } from "./recorder.ts";
import type { Shape } from "./ledger/shape.ts";

/**
 * Gives a tensor that no operation made a node where gradients end, as autograd's `AccumulateGrad`. Gradients go to `leaf`, or to
 * `backward`.
 */
export const endGraph = (tensor: Tensor, { leaf, backward }: Pick<GradNode, "leaf" | "backward">): void => {
  // The highest sequence number: it runs as soon as it is ready.
  const sequence = Number.MAX_SAFE_INTEGER;
  attach(tensor, graphNode(tensor.tape, { name: "accumulate", inputs: [], backward, sequence, leaf }));
};

/** `tensor.requires_grad_(True)` on a tensor that no operation made. `dropped`: nobody keeps the gradient that arrives. */
export const requireGradient = (tensor: Tensor, dropped: boolean): Leaf => {
  const leaf: Leaf = { gradient: null, dropped, variable: tensor.storage };
  // The node of such a leaf holds the tensor until its gradient has arrived. Parameters stay anyway.
  if (dropped) tensor.storage.holders++;
  endGraph(tensor, { leaf, backward: () => [] });
  return leaf;
};

/** What a parameter or a buffer is. */
type ParameterSpec = Readonly<{
  name: string;
  shape: Shape;
  dtype: Element;
  term: AllocatedTermId;
  trained: boolean;
}>;

/** The name of the operation that makes parameters and buffers. */
export const PARAMETER = "parameter";

/** A parameter (or a buffer): there for the whole run. */
export const parameter = (tape: Tape, spec: ParameterSpec): Tensor => {
  const { term, name: module } = spec;
  return withMarks(tape.recorder, { term, op: PARAMETER, module }, () => {
    const tensor = fresh(tape, spec.shape, spec.dtype);
    tensor.bindings = 1;
    if (spec.trained) requireGradient(tensor, false);
    tape.hooks.ranks?.loaded(tensor);
    return tensor;
  });
};

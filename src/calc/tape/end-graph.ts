import { graphNode } from "./graph-node.ts";
import { attach } from "./record.ts";
import type { GradNode, Tensor } from "./tape.ts";

/**
 * Gives a tensor that no operation made a node where gradients end, as autograd's `AccumulateGrad`. Gradients go to `leaf`, or to
 * `backward`.
 */
export const endGraph = (tensor: Tensor, { leaf, backward }: Pick<GradNode, "leaf" | "backward">): void => {
  // The highest sequence number: it runs as soon as it is ready.
  const sequence = Number.MAX_SAFE_INTEGER;
  attach(tensor, graphNode(tensor.tape, { name: "accumulate", inputs: [], backward, sequence, leaf }));
};

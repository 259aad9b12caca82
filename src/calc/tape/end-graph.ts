import { graphNode } from "./graph-node.ts";
import { attach } from "./record.ts";
import type { GradNode, Tensor } from "./tape.ts";

/** Gives a tensor that no operation made a node where gradients end: in a leaf, or in what `backward` does with them. */
export const endGraph = (tensor: Tensor, { leaf, backward }: Pick<GradNode, "leaf" | "backward">): void => {
  const sequence = Number.MAX_SAFE_INTEGER;
  attach(tensor, graphNode(tensor.tape, { name: "accumulate", inputs: [], backward, sequence, leaf }));
};

import type { TensorGroup } from "./tensor-group.ts";

/** Elements of all tensors together. */
export const countElements = (groups: readonly Pick<TensorGroup, "elements" | "count">[]): number => {
  let total = 0;
  for (const { elements, count } of groups) total += elements * count;
  return total;
};

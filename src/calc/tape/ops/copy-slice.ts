import { aliasOf, consume, fresh } from "#calc/tape/tensor.ts";
import { arrived, attach, like, save, startNode } from "#calc/tape/record.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/**
 * `base[..., from:to].copy_(source)`, in place; with `indices`, which are saved, `base[indices] = source` or `base.scatter_(dim, indices,
 * source)`.
 * Backward copies the whole gradient, then its slice. Where the base needs a gradient too, zeros take the place of the slice.
 *
 * @see torch/csrc/autograd/functions/tensor.cpp, `CopySlices::apply`, `CopyBackwards::apply`
 */
export const copySlice = (base: Tensor, source: Tensor, indices: Tensor | null = null): Tensor => {
  const baseNeeds = base.node !== null;
  const { shape, dtype } = source;
  const node = startNode("copy_slices", [base, source], (gradients) => {
    const g = arrived(gradients);
    const result = like(g);
    const slice = fresh(g.tape, shape, g.dtype);
    if (baseNeeds) fresh(g.tape, shape, g.dtype);
    return [result, dtype === g.dtype ? slice : fresh(g.tape, shape, dtype)];
  });
  const copied = attach(aliasOf(base, base.shape), node);
  if (indices !== null) {
    if (node !== null) save(node, indices);
    consume(indices);
  }
  consume(base);
  consume(source);
  return copied;
};

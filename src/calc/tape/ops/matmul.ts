import { aliasOf, fresh } from "#calc/tape/tensor.ts";
import { castForMatmul } from "#calc/tape/autocast.ts";
import { arrived, record } from "#calc/tape/record.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { bothOf, gradientOf, likeInput } from "./backwards.ts";
import { contiguous, repeat } from "./view.ts";
import { recordView } from "#calc/tape/record.ts";

/** [b, heads, m, n] → [b·heads, m, n]: a view, but a copy where b > 1 and elements are permuted. */
export const asBatch = (x: Tensor): Tensor => bind(x.tape.policies.singleRow ? x : contiguous(x));

const productBackward: Backward = (gradients, node) => {
  const [a, b] = bothOf(node);
  const g = arrived(gradients);
  const ofB = gradientOf(g, b);
  return [gradientOf(g, a), ofB];
};

const product = (a: Tensor, b: Tensor, shape: Shape): Tensor => {
  return record({
    name: "bmm",
    inputs: [a, b],
    shape,
    dtype: a.dtype,
    saves: [b.node !== null && a, a.node !== null && b],
    backward: productBackward,
  });
};

/** [b·heads, m, n] → [b, heads, m, n]: a view. Backward turns the gradient back as `asBatch` does. */
const fromBatch = (x: Tensor): Tensor =>
  recordView(x, {
    name: "view",
    shape: x.shape,
    permuted: false,
    backward: (gradients) => {
      const g = arrived(gradients);
      return [g.permuted && !g.tape.policies.singleRow ? fresh(g.tape, g.shape, g.dtype) : g];
    },
  });

/** `torch.bmm` of operands that need no copy. Autocast casts the second first. */
export const bmm = (a: Tensor, b: Tensor, shape: Shape): Tensor =>
  scoped(a.tape, () => {
    const [first, second] = [bind(a), bind(b)];
    const castSecond = bind(castForMatmul(second));
    return product(bind(castForMatmul(first)), castSecond, shape);
  });

/** `torch.matmul` of [b, heads, m, k] and [b, heads or 1, k, n] → [b, heads, m, n]. Autocast casts the second first. */
export const matmul = (a: Tensor, b: Tensor): Tensor => {
  const [rows = 1, heads = 1, m = 1] = a.shape.dims;
  const shape = shapeOf(rows, heads, m, b.shape.dims[3] ?? 1);
  return scoped(a.tape, () => {
    const second = bind(castForMatmul(b));
    const first = bind(castForMatmul(a));
    const repeated = heads === b.shape.dims[1] ? second : repeatHeads(second, Number(heads));
    return fromBatch(product(asBatch(first), asBatch(repeated), shape));
  });
};

/** `x.transpose(2, 3)` */
export const transposeMatrices = (x: Tensor): Tensor => {
  const from = x.shape;
  const [rows = 1, heads = 1, m = 1, n = 1] = from.dims;
  return recordView(x, {
    name: "transpose",
    shape: shapeOf(rows, heads, n, m),
    permuted: x.permuted,
    backward: (gradients) => {
      const alias = aliasOf(arrived(gradients), from);
      alias.view = true;
      return [alias];
    },
  });
};

const repeated = (x: Tensor, times: number): Shape => {
  const [rows = 1, heads = 1, s = 1, width = 1] = x.shape.dims;
  return shapeOf(rows, Number(heads) * times, s, width);
};

/** `repeat_interleave` of heads: each written `times` times; the gradient is summed over each group. */
export const repeatInterleave = (x: Tensor, times: number): Tensor => repeat(x, repeated(x, times));

/** `repeat_kv`: a copy, as `repeat_interleave` makes. A single head is expanded, a view that a product copies where b > 1. */
export const repeatHeads = (x: Tensor, times: number): Tensor => {
  if (times === 1) return x;
  if (x.shape.dims[1] !== 1) return repeatInterleave(x, times);
  return recordView(x, { name: "repeat_kv", shape: repeated(x, times), permuted: true, backward: likeInput });
};

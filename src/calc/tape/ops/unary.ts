import { arrived, attach, like, record, save, startNode } from "#calc/tape/record.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { aliasOf, consume, fresh } from "#calc/tape/tape.ts";

/** An elementwise operation of one input. Saves nothing, its input or its output; `temporaries`: full-size tensors that backward makes beside the gradient. */
type Unary = Readonly<{ name: string; saves: "nothing" | "input" | "output"; temporaries?: number }>;

const backwardOf = (temporaries: number): Backward => {
  if (temporaries === 0) return (gradients) => [like(arrived(gradients))];
  return (gradients) => {
    for (let made = 0; made < temporaries; made++) like(arrived(gradients));
    return [like(arrived(gradients))];
  };
};

const unary = ({ name, saves, temporaries = 0 }: Unary): ((x: Tensor) => Tensor) => {
  const backward = backwardOf(temporaries);
  return (x) =>
    record({
      name,
      inputs: [x],
      shape: x.shape,
      dtype: x.dtype,
      permuted: x.permuted,
      saves: saves === "input" ? [x] : [],
      savesOutput: saves === "output",
      backward,
    });
};

/** `x * number`, `x / number`. */
export const scale = unary({ name: "mul", saves: "nothing" });
/** `x /= number`, or `x *= by`, a tensor of one number that is saved: the storage stays. */
export const scaleInPlace = (x: Tensor, by: Tensor | null = null): Tensor => {
  const node = startNode("mul_", [x], (gradients) => [like(arrived(gradients))]);
  if (node !== null && by !== null) save(node, by);
  const scaled = attach(aliasOf(x, x.shape), node);
  consume(x);
  return scaled;
};
/** `-x`. */
export const negate = unary({ name: "neg", saves: "nothing" });
/** `x.pow(2)`: backward is g * (2 * x.pow(1)), two temporaries. */
export const square = unary({ name: "pow", saves: "input", temporaries: 2 });
/** `rsqrt(x)`: backward is −0.5 * g * result.pow(3), two temporaries. */
export const rsqrt = unary({ name: "rsqrt", saves: "output", temporaries: 2 });
export const silu = unary({ name: "silu", saves: "input" });
export const gelu = unary({ name: "gelu", saves: "input" });
export const relu = unary({ name: "relu", saves: "output" });
export const tanh = unary({ name: "tanh", saves: "output" });
/** `sqrt(x)`: backward is g / (2 * result), one temporary. */
export const sqrt = unary({ name: "sqrt", saves: "output", temporaries: 1 });
/** `softplus(x)` */
export const softplus = unary({ name: "softplus", saves: "input" });
/** `expm1(x)`: backward is g * (result + 1), one temporary. */
export const expm1 = unary({ name: "expm1", saves: "output", temporaries: 1 });
export const exp = unary({ name: "exp", saves: "output" });
/** `x.cumsum(-1)`: backward turns around, sums up and turns back. */
export const cumsum = unary({ name: "cumsum", saves: "nothing", temporaries: 2 });
export const sigmoid = unary({ name: "sigmoid", saves: "output" });

/** `x + number`: backward hands the gradient on. */
export const addNumber = (x: Tensor): Tensor =>
  record({
    name: "add",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    permuted: x.permuted,
    backward: (gradients) => [arrived(gradients)],
  });

/** `x.clone()`. */
export const clone = (x: Tensor): Tensor =>
  record({
    name: "clone",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    permuted: x.permuted,
    backward: (gradients) => [arrived(gradients)],
  });

/** `x.clamp(...)`: saves x; backward compares it with each bound and takes zero where it lies beyond. */
const clamped =
  (bounds: number): ((x: Tensor) => Tensor) =>
  (x) =>
    record({
      name: "clamp",
      inputs: [x],
      shape: x.shape,
      dtype: x.dtype,
      permuted: x.permuted,
      saves: [x],
      backward: (gradients) => {
        const g = arrived(gradients);
        fresh(g.tape, shapeOf(1), g.dtype);
        for (let bound = 0; bound < bounds; bound++) like(g, "bool");
        return [like(g)];
      },
    });

/** `x.clamp(max=...)` */
export const clampBelow = clamped(1);
/** `x.clamp(min=..., max=...)` */
export const clampBetween = clamped(2);

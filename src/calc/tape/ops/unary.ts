// Elementwise operations of one input: activations, powers, clamps, softmax, dropout.

import {
  arrivedGradient,
  emptyLike,
  record,
  attach,
  save,
  startNode,
  likeGradient,
  passOn,
} from "#calc/tape/operation.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { consume, drop, freshBy, fresh } from "#calc/tape/tensor.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { withMarks } from "#calc/tape/recorder.ts";

/**
 * An elementwise operation of one input. `saves`: what backward needs; `temporaries`: tensors of full size that backward makes beside the
 * gradient.
 */
type Unary = Readonly<{ name: string; saves: "nothing" | "input" | "output"; temporaries?: number }>;

const backwardOf = (temporaries: number): Backward => {
  if (temporaries === 0) return likeGradient;
  return (gradients) => {
    for (let made = 0; made < temporaries; made++) emptyLike(arrivedGradient(gradients));
    return [emptyLike(arrivedGradient(gradients))];
  };
};

/** The operation, as a function of its input. */
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
export const sigmoid = unary({ name: "sigmoid", saves: "output" });

/** `x + number`: backward hands the gradient on. */
export const addNumber = (x: Tensor): Tensor =>
  record({
    name: "add",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    permuted: x.permuted,
    backward: passOn,
  });

/** `x.clone()`. */
export const clone = (x: Tensor): Tensor =>
  record({
    name: "clone",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    permuted: x.permuted,
    backward: passOn,
  });

/** `softplus(x)` */
export const softplus = unary({ name: "softplus", saves: "input" });

/** `expm1(x)`: backward is g * (result + 1), one temporary. */
export const expm1 = unary({ name: "expm1", saves: "output", temporaries: 1 });

export const exp = unary({ name: "exp", saves: "output" });

/** `x.cumsum(-1)`: backward flips the gradient, sums it up and flips it back, two temporaries. */
export const cumsum = unary({ name: "cumsum", saves: "nothing", temporaries: 2 });

/** `sqrt(x)`: backward is g / (2 * result), one temporary. */
export const sqrt = unary({ name: "sqrt", saves: "output", temporaries: 1 });

/** `softmax(x, dim=-1)`: saves its result. */
export const softmax = (x: Tensor): Tensor =>
  record({
    name: "softmax",
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    savesOutput: true,
    backward: likeGradient,
  });

/** `F.logsigmoid(x)`: saves x, and on a CPU a buffer of x's size, which CUDA leaves empty. @see aten/src/ATen/native/Activation.cpp, `log_sigmoid_forward_cpu` */
export const logSigmoid = (x: Tensor): Tensor => {
  const { tape, shape, dtype } = x;
  const make = (): Tensor => freshBy(tape, { name: "log_sigmoid", shape, dtype });
  const node = startNode("log_sigmoid", [x], (gradients) => [emptyLike(arrivedGradient(gradients))]);
  const buffer = tape.policies.fakeTensors ? make() : null;
  const output = attach(make(), node);
  if (node !== null) for (const saved of buffer === null ? [x] : [x, buffer]) save(node, saved);
  if (buffer !== null) drop(buffer);
  consume(x);
  return output;
};

/** `x.clamp(...)`: saves x. Backward compares x with each bound, a mask each, and takes zero for the gradient where x lies beyond one. */
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
        const g = arrivedGradient(gradients);
        fresh(g.tape, shapeOf(1), g.dtype);
        for (let bound = 0; bound < bounds; bound++) emptyLike(g, "bool");
        return [emptyLike(g)];
      },
    });

/** `x.clamp(max=...)` */
export const clampBelow = clamped(1);

/** `x.clamp(min=..., max=...)` */
export const clampBetween = clamped(2);

/** `F.dropout` as on CUDA: the output and a mask of one byte an element, which backward needs. */
export const dropout = (x: Tensor, probability: number): Tensor => {
  if (probability === 0 || x.tape.policies.withoutDropout === true) return x;
  const node = startNode("dropout", [x], likeGradient);
  const [output, mask] = withMarks(x.tape.recorder, { op: "dropout" }, () => [
    emptyLike(x),
    fresh(x.tape, x.shape, "bool"),
  ]);
  attach(output, node);
  if (node !== null) save(node, mask);
  drop(mask);
  consume(x);
  return output;
};

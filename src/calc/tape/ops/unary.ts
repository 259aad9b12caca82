import { arrived, like, record } from "#calc/tape/record.ts";
import type { Backward, Tensor } from "#calc/tape/tape.ts";
import { likeGradient, passOn } from "./backwards.ts";

/**
 * An elementwise operation of one input. `saves`: what backward needs; `temporaries`: tensors of full size that backward makes beside the
 * gradient.
 */
type Unary = Readonly<{ name: string; saves: "nothing" | "input" | "output"; temporaries?: number }>;

const backwardOf = (temporaries: number): Backward => {
  if (temporaries === 0) return likeGradient;
  return (gradients) => {
    for (let made = 0; made < temporaries; made++) like(arrived(gradients));
    return [like(arrived(gradients))];
  };
};

/** The operation, as a function of its input. */
export const unary = ({ name, saves, temporaries = 0 }: Unary): ((x: Tensor) => Tensor) => {
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

import { add, mul } from "#calc/tape/ops/binary.ts";
import { addNumber, gelu, relu, scale, silu, square, tanh } from "#calc/tape/ops/unary.ts";
import { arrived, attach, like, save, startNode } from "#calc/tape/record.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { consume, drop } from "#calc/tape/tape.ts";

/** `NewGELUActivation`: 0.5 * x * (1 + tanh(√(2/π) * (x + 0.044715 * x³))), op by op; the cube saves and computes as the square does. */
const newGelu = (x: Tensor): Tensor => {
  const halved = scale(x);
  return mul(halved, addNumber(tanh(scale(add(x, scale(square(x)))))));
};

/** `ReLUSquaredActivation` */
const reluSquared = (x: Tensor): Tensor => scoped(x.tape, () => square(bind(relu(x))));

const scratch = (x: Tensor, count: number): void => Array.from({ length: count }, () => like(x)).forEach(drop);

/** `BloomGelu`: a function of its own that saves its input; four of its temporaries are alive at once in forward, five in backward. */
export const bloomGelu = (x: Tensor): Tensor => {
  const node = startNode("GeLUFunction", [x], (gradients) => {
    scratch(arrived(gradients), 5);
    return [like(arrived(gradients))];
  });
  scratch(x, 4);
  const output = attach(like(x), node);
  if (node !== null) save(node, x);
  consume(x);
  return output;
};

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  silu,
  swish: silu,
  gelu,
  gelu_pytorch_tanh: gelu,
  gelu_new: newGelu,
  relu,
  relu2: reluSquared,
};

/** The activation that `hidden_act` names; SiLU where it names none that is known. */
export const activation = (hidden_act: string | undefined): ((x: Tensor) => Tensor) =>
  ACTIVATIONS[hidden_act ?? "silu"] ?? silu;

import { ownValue } from "#calc/base/own-value.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { addNumber, gelu, relu, scale, silu, square, tanh } from "#calc/tape/ops/unary.ts";
import { bind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** `NewGELUActivation`: 0.5 * x * (1 + tanh(√(2/π) * (x + 0.044715 * x³))), op by op; the cube saves and computes as the square does. */
const newGelu = (x: Tensor): Tensor => {
  const halved = scale(x);
  return mul(halved, addNumber(tanh(scale(add(x, scale(square(x)))))));
};

/** `ReLUSquaredActivation` */
const reluSquared = (x: Tensor): Tensor => scoped(x.tape, () => square(bind(relu(x))));

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  silu,
  swish: silu,
  gelu,
  gelu_pytorch_tanh: gelu,
  gelu_new: newGelu,
  relu,
  relu2: reluSquared,
};

/** The activation that `hidden_act` names; SiLU where that is missing or unknown. */
export const activation = (hidden_act: string | undefined): ((x: Tensor) => Tensor) =>
  ownValue(ACTIVATIONS, hidden_act ?? "silu") ?? silu;

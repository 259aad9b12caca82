// MLPs: gated, gated from one projection, plain; and their activations.

import { ownValue } from "#calc/base/guards.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { addNumber, gelu, relu, scale, silu, square, tanh } from "#calc/tape/ops/unary.ts";
import { bind, scoped, bindAll, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { chunk } from "#calc/tape/ops/views.ts";
import { ligerMlpOf, runsLiger } from "./liger-kernels.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded-modules.ts";
import { kernelLinears, loraMlp } from "./lora-kernels.ts";

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

/** `down(act(gate(x)) * up(x))`, under the names given. */
export const gatedMlpOf =
  (gate: string, up: string, down: string) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor => {
    const kernel = kernelLinears(
      loaded,
      [gate, up, down].map((each) => `${name}.${each}`),
    );
    if (kernel !== null) return loraMlp(name, kernel, x);
    if (runsLiger(loaded)) return ligerMlpOf(gate, up, down)(loaded, name, x);
    const act = activation(loaded.architecture.hidden_act);
    return call(
      name,
      (input) => {
        const gated = call("act_fn", act, linear(loaded, `${name}.${gate}`, input));
        return linear(loaded, `${name}.${down}`, mul(gated, linear(loaded, `${name}.${up}`, input)));
      },
      x,
    );
  };

/** `LlamaMLP` */
export const gatedMlp = gatedMlpOf("gate_proj", "up_proj", "down_proj");

/** Gate and up from one projection, which is cut in two, under the names given. */
export const fusedGatedMlpOf =
  (gateUp: string, down: string) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor => {
    const act = activation(loaded.architecture.hidden_act);
    return call(
      name,
      (input) => {
        const both = bind(linear(loaded, `${name}.${gateUp}`, input));
        const [gate, up] = bindAll(chunk(both, 2)) as readonly [Tensor, Tensor];
        const product = rebind(both, mul(up, call("activation_fn", act, gate)));
        return linear(loaded, `${name}.${down}`, product);
      },
      x,
    );
  };

/** `Phi3MLP` */
export const fusedGatedMlp = fusedGatedMlpOf("gate_up_proj", "down_proj");

/** Without a gate: `down(act(up(x)))`, under the names given. */
export const plainMlp =
  (up: string, down: string) =>
  (loaded: Loaded, name: string, x: Tensor): Tensor => {
    const act = activation(loaded.architecture.hidden_act);
    return call(
      name,
      (input) => linear(loaded, `${name}.${down}`, call("act_fn", act, linear(loaded, `${name}.${up}`, input))),
      x,
    );
  };

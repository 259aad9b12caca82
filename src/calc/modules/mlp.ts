import { mul } from "#calc/tape/ops/binary.ts";
import { chunk } from "#calc/tape/ops/view.ts";
import { bind, bindAll, call, rebind } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "./activations.ts";
import { ligerMlpOf, runsLiger } from "./liger-kernels.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded.ts";
import { kernelLinears, loraMlp } from "./lora-kernels.ts";

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

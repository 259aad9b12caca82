import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "./activations.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded.ts";

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

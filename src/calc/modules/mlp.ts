import { mul } from "#calc/tape/ops/binary.ts";
import { gelu, relu, silu } from "#calc/tape/ops/unary.ts";
import { call } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Loaded } from "./loaded.ts";
import { linear } from "./linear.ts";

/** The activation that `hidden_act` names, as one op of PyTorch. */
export const activation = (hidden_act: string | undefined): ((x: Tensor) => Tensor) => {
  if (hidden_act === undefined || hidden_act === "silu" || hidden_act === "swish") return silu;
  return hidden_act === "relu" ? relu : gelu;
};

/** `LlamaMLP`: down_proj(act(gate_proj(x)) * up_proj(x)) */
export const gatedMlp = (loaded: Loaded, name: string, x: Tensor): Tensor => {
  const act = activation(loaded.architecture.hidden_act);
  return call(
    name,
    (input) =>
      linear(
        loaded,
        `${name}.down_proj`,
        mul(
          call("act_fn", act, linear(loaded, `${name}.gate_proj`, input)),
          linear(loaded, `${name}.up_proj`, input),
        ),
      ),
    x,
  );
};

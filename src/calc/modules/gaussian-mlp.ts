import { add, mul } from "#calc/tape/ops/binary.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { compute } from "#calc/tape/ops/compute.ts";
import { mean, std } from "#calc/tape/ops/reduce.ts";
import { relu } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind, scoped } from "#calc/tape/scope.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { activation } from "./activations.ts";
import { linear } from "./linear.ts";
import type { Loaded } from "./loaded.ts";

/** `_gaussian_topk`: relu(inputs − (mean + std_multiplier * std)). */
const gaussianTopk = (inputs: Tensor): Tensor =>
  scoped(inputs.tape, () => {
    const number = (): Tensor => bind(compute({ name: "tensor", shape: shapeOf(1), dtype: inputs.dtype }, inputs));
    const [, , , std_multiplier] = [number(), number(), number(), number()] as [Tensor, Tensor, Tensor, Tensor];
    const inputs_mean = bind(mean(inputs));
    const inputs_std = bind(std(inputs));
    const cutoff_x = bind(add(inputs_mean, mul(inputs_std, std_multiplier)));
    return relu(subtract(inputs, cutoff_x));
  });

/** `Gemma3nTextMLP.forward`: in sparse layers, the first of the model, `_gaussian_topk` cuts most of the gate off. */
export const gaussianMlp = (layer: Loaded, x: Tensor): Tensor =>
  call(
    "mlp",
    (hidden_states) => {
      let gate_proj = bind(linear(layer, "mlp.gate_proj", hidden_states));
      if (layer.kind.includes("sparse")) gate_proj = rebind(gate_proj, gaussianTopk(gate_proj));
      const activations = bind(call("act_fn", activation(layer.architecture.hidden_act), gate_proj));
      const up_proj = bind(linear(layer, "mlp.up_proj", hidden_states));
      return linear(layer, "mlp.down_proj", mul(activations, up_proj));
    },
    x,
  );

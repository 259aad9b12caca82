import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryInFloat } from "#calc/modules/rotary.ts";
import { add, mul, subtract } from "#calc/tape/ops/binary.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, scale, square } from "#calc/tape/ops/unary.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "./decoder-model.ts";
import type { Forward } from "./forward.ts";
import { layerContext } from "./layer-context.ts";
import { selfAttention } from "./self-attention.ts";

/** `CohereLayerNorm`: op by op in fp32. */
const cohereNorm = (loaded: Loaded, name: string, x: Tensor): Tensor =>
  call(
    name,
    (input) => {
      const weight = tensorOf(loaded, `${name}.weight`);
      let hidden_states = bind(to(input, "fp32"));
      const average = bind(mean(hidden_states));
      const variance = bind(mean(square(subtract(hidden_states, average))));
      hidden_states = rebind(hidden_states, mul(subtract(hidden_states, average), rsqrt(addNumber(variance))));
      hidden_states = rebind(hidden_states, mul(to(weight, "fp32"), hidden_states));
      return to(hidden_states, input.dtype);
    },
    x,
  );

const base = decoderModel({ norm: cohereNorm });
const attend = selfAttention({ norm: cohereNorm, rotary: applyRotaryInFloat });

/** Cohere (Command R, Aya): attention and MLP side by side on one norm, scaled logits. @see transformers 5.24, modeling_cohere.py */
export const cohere: Forward = {
  ...base,
  layer: (layer, context, residual) => {
    const hidden_states = bind(cohereNorm(layer, "input_layernorm", residual));
    const [attention] = bindAll(attend(layer, layerContext(context), hidden_states));
    const mlp = bind(gatedMlp(layer, "mlp", hidden_states));
    return add(add(residual, attention), mlp);
  },
  logits: (model, hidden_states) =>
    scoped(model.tape, () => {
      const logits = bind(base.logits(model, hidden_states));
      return rebind(logits, scale(logits));
    }),
};

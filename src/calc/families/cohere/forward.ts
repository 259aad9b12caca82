import type { Loaded } from "#calc/modules/loaded.ts";
import { tensorOf } from "#calc/modules/loaded.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryInFloat } from "#calc/modules/rotary-kinds.ts";
import { add, mul } from "#calc/tape/ops/binary.ts";
import { subtract } from "#calc/tape/ops/difference.ts";
import { mean } from "#calc/tape/ops/reduce.ts";
import { to } from "#calc/tape/ops/to.ts";
import { addNumber, rsqrt, scale, square } from "#calc/tape/ops/unary.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext } from "#calc/families/parts/forward/layer-context.ts";
import { type Attend, selfAttention } from "#calc/families/parts/forward/self-attention.ts";
import { windows } from "#calc/families/parts/forward/windows.ts";

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

/** `CohereDecoderLayer.forward`: attention and MLP side by side on one norm. */
const parallelLayer =
  (attend: Attend): Forward["layer"] =>
  (layer, context, residual) => {
    const hidden_states = bind(cohereNorm(layer, "input_layernorm", residual));
    const [attention] = bindAll(attend(layer, layerContext(context), hidden_states));
    const mlp = bind(gatedMlp(layer, "mlp", hidden_states));
    return add(add(residual, attention), mlp);
  };

const rotated = parallelLayer(selfAttention({ norm: cohereNorm, rotary: applyRotaryInFloat }));
const unrotated = parallelLayer(selfAttention({ norm: cohereNorm, rotary: (q, k) => [q, k] }));

/** Cohere (Command R, Aya): scaled logits. @see transformers 5.24, modeling_cohere.py */
export const cohere: Forward = {
  ...base,
  layer: rotated,
  logits: (model, hidden_states) =>
    scoped(model.tape, () => {
      const logits = bind(base.logits(model, hidden_states));
      return rebind(logits, scale(logits));
    }),
};

/** One layer in so many attends to all tokens. */
const FULL_INTERVAL = 4;

/** Cohere 2 (Command R7B): layers with a window have positions, layers with full attention have none. @see transformers 5.24, modeling_cohere2.py */
export const cohere2: Forward = {
  ...cohere,
  ...windows(
    base,
    ({ sliding_window_pattern = FULL_INTERVAL }, index) =>
      (index + 1) % sliding_window_pattern === 0 ? "full_attention" : "sliding_attention",
    true,
  ),
  layer: (layer, context, hidden_states) =>
    (layer.kind.endsWith("full_attention") ? unrotated : rotated)(layer, context, hidden_states),
};

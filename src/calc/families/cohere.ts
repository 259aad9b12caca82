// Cohere and Cohere 2 (Command R, Command R7B, Aya): attention and MLP in parallel, scaled logits.

import { type Loaded, tensorOf } from "#calc/modules/loaded-modules.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotaryInFloat } from "#calc/modules/rotary.ts";
import { add, mul, subtract } from "#calc/tape/ops/arithmetic.ts";
import { mean } from "#calc/tape/ops/reductions.ts";
import { to } from "#calc/tape/ops/views.ts";
import { addNumber, rsqrt, scale, square } from "#calc/tape/ops/unary.ts";
import { bind, bindAll, call, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import { decoderModel } from "#calc/families/parts/decoder.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext, type Attend, selfAttention } from "#calc/families/parts/attention.ts";
import { windows } from "#calc/families/parts/windows.ts";
import type { Layout, Family } from "./family.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Module } from "#calc/model/layout.ts";
import { LLAMA_FIELDS, NO_REFUSED, EXACT, WHOLE_PLAN, TRANSFORMERS_ONLY } from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

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
const cohereForward: Forward = {
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
const cohere2: Forward = {
  ...cohereForward,
  ...windows(
    base,
    ({ sliding_window_pattern = FULL_INTERVAL }, index) =>
      (index + 1) % sliding_window_pattern === 0 ? "full_attention" : "sliding_attention",
    true,
  ),
  layer: (layer, context, hidden_states) =>
    (layer.kind.endsWith("full_attention") ? unrotated : rotated)(layer, context, hidden_states),
};

const layer = (a: Architecture): readonly Module[] => {
  const { hidden, intermediate } = widths(a);
  return [
    ...selfAttentionTensors({ ...a, qk_norm: false }),
    ...(a.qk_norm ? [rmsNormTensors("self_attn.q_norm", a.num_attention_heads, a.head_dim)] : []),
    ...(a.qk_norm ? [rmsNormTensors("self_attn.k_norm", a.num_key_value_heads, a.head_dim)] : []),
    ...gatedMlpTensors("mlp", [hidden, intermediate]),
    rmsNormTensors("input_layernorm", hidden),
  ];
};

/** Command R and Aya: attention and MLP side by side behind one LayerNorm without bias. @see transformers 5.24, modeling_cohere.py, modeling_cohere2.py */
const layout: Layout = (a) => causalLmLayout(a, { layers: uniformLayers(a, layer(a)) });

/** Command R and Aya. */
export const cohere: Family = {
  model_types: {
    cohere: {
      name: "Cohere",
      forward: cohereForward,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { ...LLAMA_FIELDS, norm_type: "layernorm_nobias", norms_per_layer: 1 },
        tied: true,
        qkNorm: { flag: "use_qk_norm", norm: "ln_per_head_nobias" },
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
    cohere2: {
      name: "Cohere 2",
      forward: cohere2,
      tensorParallel: WHOLE_PLAN,
      contextParallel: true,
      ulysses: true,
      pipeline: true,
      ...TRANSFORMERS_ONLY,
      config: {
        fields: { ...LLAMA_FIELDS, norm_type: "layernorm_nobias", norms_per_layer: 1, sliding_window_pattern: 4 },
        tied: true,
      },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
      approximation: EXACT,
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};

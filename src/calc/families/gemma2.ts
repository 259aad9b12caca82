// Gemma 2 and 3, text decoders: norms around each branch, sliding windows, capped logits in Gemma 2.

import type { Architecture } from "#calc/model/architecture.ts";
import { gemmaNorm } from "#calc/modules/norms.ts";
import { applyLinear } from "#calc/modules/linear.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { scale, tanh } from "#calc/tape/ops/unary.ts";
import { bind, rebind, scoped } from "#calc/tape/scope.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { Forward, Model } from "#calc/modules/forward.ts";
import { embedScale, gemmaForward } from "./gemma.ts";
import { sandwichLayer } from "#calc/families/parts/decoder.ts";
import { windows, windowsWithTables } from "#calc/families/parts/windows.ts";
import type { Layout, Family, ModelType } from "./family.ts";
import {
  GEMMA2_FIELDS,
  GEMMA3_FIELDS,
  NOT_HELD_BY_ULYSSES,
  NO_REFUSED,
  EXACT,
  WHOLE_PLAN,
  TRANSFORMERS_ONLY,
} from "#calc/families/parts/facts.ts";
import {
  causalLmLayout,
  gatedMlpTensors,
  uniformLayers,
  rmsNormTensors,
  selfAttentionTensors,
  widths,
  LLAMA_TARGETS,
} from "#calc/families/parts/tensors.ts";

/** Every `period`-th layer attends to all tokens, the others to a window. */
export const fullAttentionEvery =
  (period: number) =>
  (a: Architecture, index: number): string =>
    a.layer_types?.[index] ??
    ((index + 1) % (a.sliding_window_pattern ?? period) === 0 ? "full_attention" : "sliding_attention");

/** `logits / softcap`, tanh, `* softcap` */
const softcapped = (model: Model, hidden_states: Tensor): Tensor => {
  if (model.options.architecture.final_logit_softcapping === undefined) return applyLinear(model.head, hidden_states);
  return scoped(model.tape, () => {
    let logits = bind(applyLinear(model.head, hidden_states));
    logits = rebind(logits, scale(logits));
    logits = rebind(logits, tanh(logits));
    return rebind(logits, scale(logits));
  });
};

/** Gemma 2: norms before and after both branches, windows in every second layer, capped logits. @see transformers 5.24, modeling_gemma2.py */
export const gemma2Forward: Forward = {
  ...gemmaForward,
  ...windows(gemmaForward, fullAttentionEvery(2), true),
  layer: sandwichLayer({ norm: gemmaNorm, mlp: gatedMlp, rotary: applyRotary, normAt: "heads first" }),
  logits: softcapped,
};

const ownTables = windowsWithTables(fullAttentionEvery(6));

/** Gemma 3: norms on queries and keys; layers with a window have rotary tables of their own. @see transformers 5.24, modeling_gemma3.py */
const gemma3: Forward = {
  ...gemma2Forward,
  ...ownTables,
  buffers: (options) => [...ownTables.buffers(options), embedScale(options)],
};

/** Norms before and after attention, before and after the MLP: the four of Gemma 2 and later. */
export const GEMMA_NORMS = [
  "input_layernorm",
  "post_attention_layernorm",
  "pre_feedforward_layernorm",
  "post_feedforward_layernorm",
] as const;

/** Gemma 2, and Gemma 3 (its text decoder) with norms on queries and keys. @see transformers 5.24, modeling_gemma2.py, modeling_gemma3.py */
const layout: Layout = (architecture) => {
  const a = architecture.model_type === "gemma2" ? architecture : ({ qk_norm: "head", ...architecture } as const);
  const { hidden, intermediate } = widths(a);
  return causalLmLayout(a, {
    layers: uniformLayers(a, [
      ...selfAttentionTensors(a),
      ...gatedMlpTensors("mlp", [hidden, intermediate]),
      ...GEMMA_NORMS.map((name) => rmsNormTensors(name, hidden)),
    ]),
  });
};

/** Facts that these types share. */
const SHARED = {
  tensorParallel: WHOLE_PLAN,
  contextParallel: true,
  pipeline: true,
  ...TRANSFORMERS_ONLY,
  liger: true,
  approximation: EXACT,
} as const satisfies Partial<ModelType>;

/** Gemma 2 and 3. */
export const gemma2: Family = {
  model_types: {
    gemma2: {
      name: "Gemma 2",
      ...SHARED,
      forward: gemma2Forward,
      withoutSdpa: "SDPA does not cap scores.",
      ulysses: NOT_HELD_BY_ULYSSES,
      config: { fields: { ...GEMMA2_FIELDS, sliding_window_pattern: 2 }, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel"] },
    },
    gemma3: {
      name: "Gemma 3",
      ...SHARED,
      forward: gemma3,
      ulysses: true,
      config: { fields: { ...GEMMA3_FIELDS, sliding_window_pattern: 6 }, tied: true },
      heldAgainst: { as: "gemma3_text" },
    },
    gemma3_text: {
      name: "Gemma 3 text",
      ...SHARED,
      forward: gemma3,
      ulysses: true,
      config: { fields: { ...GEMMA3_FIELDS, sliding_window_pattern: 6 }, tied: true },
      heldAgainst: { runs: ["step", "tensor parallel", "Ulysses"] },
    },
  },
  layout,
  targets: LLAMA_TARGETS,
  refused: NO_REFUSED,
};

import type { Architecture } from "#calc/model/architecture.ts";
import { fusedGatedMlp, gatedMlp } from "#calc/modules/mlp.ts";
import { olmo2Norm, rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";
import { applyRotaryCastBack, applyRotaryGlm } from "#calc/modules/rotary-kinds.ts";
import { add } from "#calc/tape/ops/binary.ts";
import { bind, bindAll, rebind } from "#calc/tape/scope.ts";
import { decoderModel, partOfHead } from "./decoder-model.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layerContext } from "./layer-context.ts";
import type { ModuleOf } from "./parts.ts";
import { sandwichLayer } from "./sandwich-layer.ts";
import type { SelfAttention } from "./self-attention.ts";
import { selfAttention } from "./self-attention.ts";
import { windows, windowsWithTables } from "./windows.ts";

/** `Olmo2DecoderLayer.forward`: each branch is normed after, not before. */
const postNormLayer = (parts: SelfAttention & Readonly<{ mlp: ModuleOf }>): Forward["layer"] => {
  const { norm, mlp } = parts;
  const attend = selfAttention(parts);
  return (layer, context, residual) => {
    let [hidden_states] = bindAll(attend(layer, layerContext(context), residual));
    hidden_states = rebind(hidden_states, norm(layer, "post_attention_layernorm", hidden_states));
    const middle = rebind(hidden_states, add(residual, hidden_states));
    hidden_states = bind(mlp(layer, "mlp", middle));
    hidden_states = rebind(hidden_states, norm(layer, "post_feedforward_layernorm", hidden_states));
    return add(middle, hidden_states);
  };
};

/** OLMo 2: post-norms, norms over whole queries and keys. @see transformers 5.24, modeling_olmo2.py */
export const olmo2: Forward = {
  ...decoderModel({ norm: olmo2Norm, tables: "fp32" }),
  layer: postNormLayer({ norm: olmo2Norm, mlp: gatedMlp, rotary: applyRotaryCastBack, normAt: "projection" }),
};

/** OLMo 3: three layers in four attend to a window. @see transformers 5.24, modeling_olmo3.py */
export const olmo3: Forward = {
  ...olmo2,
  ...windowsWithTables((a, index) => a.layer_types?.[index] ?? everyFourth(a, index), { tables: "fp32" }),
};

const everyFourth = (_: Architecture, index: number): string =>
  (index + 1) % 4 === 0 ? "full_attention" : "sliding_attention";

const exaoneLayer = (rotary: SelfAttention["rotary"]): Forward["layer"] =>
  postNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary, normAt: "heads first" });
const [rotated, unrotated] = [exaoneLayer(applyRotary), exaoneLayer((q, k) => [q, k])];
const exaoneModel = decoderModel({ norm: rmsNorm });

/** EXAONE 4: post-norms, norms on queries and keys; with windows, full attention has no positions. @see transformers 5.24, modeling_exaone4.py */
export const exaone4: Forward = {
  ...exaoneModel,
  ...windows(
    exaoneModel,
    (a, index) => a.layer_types?.[index] ?? (a.sliding_window === undefined ? "full_attention" : everyFourth(a, index)),
  ),
  layer: (layer, context, hidden_states) => {
    const isUnrotated = layer.architecture.sliding_window !== undefined && layer.kind.endsWith("full_attention");
    return (isUnrotated ? unrotated : rotated)(layer, context, hidden_states);
  },
};

/** GLM-4 (0414): norms before and after each branch. @see transformers 5.24, modeling_glm4.py */
export const glm4: Forward = {
  ...decoderModel({ norm: rmsNorm, rotaryWidth: partOfHead(0.5) }),
  layer: sandwichLayer({
    norm: rmsNorm,
    mlp: fusedGatedMlp,
    rotary: applyRotaryGlm,
    names: ["input_layernorm", "post_self_attn_layernorm", "post_attention_layernorm", "post_mlp_layernorm"],
  }),
};

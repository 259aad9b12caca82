import { windows, everyFourth } from "#calc/families/parts/forward/windows.ts";
import { decoderModel } from "#calc/families/parts/forward/decoder-model.ts";
import { postNormLayer } from "#calc/families/parts/forward/post-norm-layer.ts";
import type { SelfAttention } from "#calc/families/parts/forward/self-attention.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { rmsNorm } from "#calc/modules/rms-norm.ts";
import { applyRotary } from "#calc/modules/rotary.ts";

const exaoneLayer = (rotary: SelfAttention["rotary"]): Forward["layer"] =>
  postNormLayer({ norm: rmsNorm, mlp: gatedMlp, rotary, normAt: "heads first" });
const [rotated, unrotated] = [exaoneLayer(applyRotary), exaoneLayer((q, k) => [q, k])];
const exaoneModel = decoderModel({ norm: rmsNorm });

/**
 * EXAONE 4: post-norms, norms on queries and keys. In a model with windows, layers with full attention have no positions.
 *
 * @see transformers 5.24, modeling_exaone4.py
 */
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

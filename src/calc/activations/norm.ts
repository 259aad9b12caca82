import type { LayerShape } from "./layer-shape.ts";
import { on, type Profile } from "./profile.ts";
import { combine } from "./profile.ts";
import type { Regime } from "./regime.ts";

const FP32_BYTES = 4;
const SIXTEEN_BIT_BYTES = 2;
/** Mean and reciprocal standard deviation of a row, both fp32. */
const LAYER_NORM_STATISTICS_BYTES = 8;

/** Bytes of each hidden element that a norm other than RMSNorm saves of its input. */
const layerNormInput = (regime: Regime, shape: LayerShape): number => {
  switch (shape.normKind) {
    case "none":
      return FP32_BYTES;
    case "layernorm_nobias":
      return 2 * FP32_BYTES + (regime.isBaseTrained ? FP32_BYTES : 0);
    case "layernorm":
      if (!regime.autocast) return regime.stream;
      return shape.normOutput === "layer" ? FP32_BYTES : SIXTEEN_BIT_BYTES;
    case "rmsnorm":
      return 0;
    default:
      return shape.normKind satisfies never;
  }
};

/**
 * What one norm saves. RMSNorm: its input in fp32 (4h), the reciprocal root (4 B a row), and with a trained weight the normalised
 * input, in the stream's dtype (Llama) or in fp32 (Gemma). Layer norm: its input (fp32 under autocast, 16-bit in Nemotron, fp32 always in OLMo)
 * and two statistics; Cohere's, written out in Python, the centred input twice.
 *
 * @see transformers/models/{llama,gemma,olmo,cohere,nemotron}/modeling_*.py, the norm's `forward`; torch/nn/functional.py, `layer_norm`.
 */
export const normSaved = (regime: Regime, shape: LayerShape): Profile => {
  if (!shape.isRmsNorm)
    return combine(on("hidden", layerNormInput(regime, shape)), on("fixed", LAYER_NORM_STATISTICS_BYTES));
  const normalised = shape.normOutput === "keeping" ? FP32_BYTES : regime.stream;
  return combine(on("hidden", FP32_BYTES + (regime.isBaseTrained ? normalised : 0)), on("fixed", FP32_BYTES));
};

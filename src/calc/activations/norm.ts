import type { LayerShape } from "./layer-shape.ts";
import { on, type Profile } from "./profile.ts";
import { combine } from "./profile.ts";
import type { Regime } from "./regime.ts";

const FP32_BYTES = 4;
/** Mean and reciprocal standard deviation of a row, both fp32. */
const LAYER_NORM_STATISTICS_BYTES = 8;

/**
 * What one norm saves. RMSNorm: its input in fp32 (4h), the reciprocal root (4 B a row), and with a trained weight the normalised
 * input, in the stream's dtype (Llama) or in fp32 (Gemma). Layer norm: its input (fp32 under autocast) and two statistics.
 *
 * @see transformers/models/llama/modeling_llama.py, `LlamaRMSNorm.forward`; transformers/models/gemma/modeling_gemma.py,
 * `GemmaRMSNorm.forward`; torch/nn/functional.py, `layer_norm`.
 */
export const normSaved = (regime: Regime, shape: LayerShape): Profile => {
  if (!shape.isRmsNorm)
    return combine(
      on("hidden", regime.autocast ? FP32_BYTES : regime.stream),
      on("fixed", LAYER_NORM_STATISTICS_BYTES),
    );
  const normalised = shape.normOutput === "keeping" ? FP32_BYTES : regime.stream;
  return combine(on("hidden", FP32_BYTES + (regime.isBaseTrained ? normalised : 0)), on("fixed", FP32_BYTES));
};

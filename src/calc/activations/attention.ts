import type { LayerShape } from "./layer-shape.ts";
import { combine, on, type Profile } from "./profile.ts";
import type { Regime } from "./regime.ts";

const FP32_BYTES = 4;

/** What norms on queries and keys save: the fp32 input, and with a trained weight the normalised 16-bit one. */
const qkNormSaved = (regime: Regime, shape: LayerShape): Profile => {
  if (!shape.hasQkNorm) return {};
  const each = FP32_BYTES + (regime.isBaseTrained ? regime.linear : 0);
  return combine(
    on("query", each),
    on("keyValue", each / 2),
    on("fixed", FP32_BYTES * (shape.heads + shape.keyValueHeads)),
  );
};

/** Bytes of the probabilities that eager attention saves: fp32 and their 16-bit copy; with sinks those of the softmax alone. */
const eagerScores = (bytes: number, shape: LayerShape): number =>
  bytes === FP32_BYTES || shape.hasSinks ? bytes : FP32_BYTES + bytes;

/** Values that are a slice of the fused projection's output keep all of it alive: the parts of q and k that rotary embedding has copied. */
const fusedRest = (regime: Regime, shape: LayerShape): Profile =>
  shape.isValueInFused && regime.linear === regime.attention && regime.kernel !== "math"
    ? combine(on("query", regime.linear), on("keyValue", regime.linear / 2))
    : {};

/**
 * What attention saves for each token, from q, k and v to its output. Flash: q, k, v, out and the fp32 logsumexp. Math and eager keep
 * the a × s probabilities (math fp32; eager fp32 and their 16-bit copy) beside repeated keys and values.
 *
 * @see Dao et al. 2022, "FlashAttention", algorithm 2; torch/nn/functional.py, `_scaled_dot_product_attention_math`;
 * transformers/models/llama/modeling_llama.py, `eager_attention_forward`.
 */
export const attentionSaved = (regime: Regime, shape: LayerShape): Profile => {
  const { attention: bytes } = regime;
  const norms = combine(qkNormSaved(regime, shape), fusedRest(regime, shape));
  switch (regime.kernel) {
    case "flash":
      return combine(norms, on("query", 2 * bytes), on("keyValue", bytes), on("fixed", FP32_BYTES * shape.heads));
    case "math":
      return combine(norms, on("query", 4 * bytes), on("scores", FP32_BYTES));
    case "eager":
      return combine(
        norms,
        on("query", (regime.isBaseTrained ? 4 : 3) * bytes),
        on("scores", eagerScores(bytes, shape)),
      );
    default:
      return regime.kernel satisfies never;
  }
};

/**
 * What attention's backward needs beside what was saved. Flash: the output's gradient, an fp32 accumulator of q's size, a row sum, expanded keys and
 * values with grouped heads, and the three gradients. Math and eager: the gradients of the probabilities before and after the softmax,
 * when the repeated values, the output and eager's 16-bit probabilities have gone already.
 *
 * @see flash_attn/flash_attn_interface.py, `_flash_attn_backward`; csrc/flash_attn/flash_api.cpp, `mha_bwd` (`dq_accum`, `softmax_d`, `dk_expanded`).
 */
export const attentionBackwardWorking = (regime: Regime, shape: LayerShape): Profile => {
  const { attention: bytes } = regime;
  if (regime.kernel === "flash") {
    const expanded = shape.heads === shape.keyValueHeads ? 0 : 2 * bytes;
    return combine(
      on("query", 2 * bytes + FP32_BYTES + expanded),
      on("keyValue", bytes),
      on("fixed", FP32_BYTES * shape.heads),
    );
  }
  const freedTensors = regime.kernel === "math" || regime.isBaseTrained ? 2 : 1;
  const isEager = regime.kernel === "eager";
  const softmaxBytes = isEager && shape.hasSinks ? bytes : FP32_BYTES;
  const freedScores = isEager && !shape.hasSinks && bytes < FP32_BYTES ? bytes : 0;
  return combine(on("query", -freedTensors * bytes), on("scores", 2 * softmaxBytes - freedScores));
};

/**
 * What attention's forward holds at its highest moment when nothing is saved (checkpointing). Eager softmax in fp32: the masked scores, their fp32
 * copy where they are 16-bit, and the probabilities.
 */
export const attentionForwardWorking = (regime: Regime): Profile => {
  const { attention: bytes, linear } = regime;
  if (regime.kernel === "flash") return combine(on("query", 3 * linear + bytes), on("keyValue", 2 * linear));
  const maskedScores = regime.kernel === "eager" && regime.stream < FP32_BYTES ? regime.stream : 0;
  return combine(on("query", 3 * linear), on("keyValue", linear), on("scores", maskedScores + 2 * FP32_BYTES));
};

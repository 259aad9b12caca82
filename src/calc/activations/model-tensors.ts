import { allocated } from "#calc/allocation.ts";
import { type Amount, NOTHING, plus, product } from "#calc/formula/amount.ts";
import { config, constant, setting } from "#calc/formula/inputs.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { LayerShape } from "./layer-shape.ts";
import { normSaved } from "./norm.ts";
import { combine, on, overTokens, widthsOf } from "./profile.ts";
import type { Regime } from "./regime.ts";

const INT64_BYTES = 8;
/** Token ids and labels are two tensors. */
const INPUT_TENSORS = 2;
/** Cosines and sines. */
const ROTARY_TABLES = 2;

/** Token ids and labels, int64: b × s × 8 each. */
export const inputTensors = ({ micro_batch_size, sequence_length }: Scenario): Amount => ({
  bytes: INPUT_TENSORS * allocated(micro_batch_size * sequence_length * INT64_BYTES),
  formula: product(
    setting("micro_batch_size", micro_batch_size),
    setting("sequence_length", sequence_length),
    constant("bytes of token id and label", INPUT_TENSORS * INT64_BYTES),
  ),
});

/** The dtype of rotary tables is that of the embedding's output: fp32 embeddings make them fp32, TRL's 16-bit ones do not. */
const rotaryBytes = (scenario: Scenario, regime: Regime): number =>
  scenario.method.kind === "qlora" && scenario.method.kbitPreparation === "trl" ? 2 : regime.stream;

/** Eager attention's mask: b × s × s in the embedding's dtype. Other kernels know causality without one. */
export const causalMask = (scenario: Scenario, regime: Regime): Amount => {
  if (regime.kernel !== "eager") return NOTHING;
  const { micro_batch_size, sequence_length } = scenario;
  const size = rotaryBytes(scenario, regime);
  return {
    bytes: allocated(micro_batch_size * sequence_length * sequence_length * size),
    formula: product(
      setting("micro_batch_size", micro_batch_size),
      setting("sequence_length", sequence_length),
      setting("sequence_length", sequence_length),
      constant("bytes of the mask", size),
    ),
  };
};

/**
 * Rotary tables, one row for each position, shared by all layers and rows, and the positions; nothing with learned positions.
 *
 * @see transformers/models/llama/modeling_llama.py, `LlamaRotaryEmbedding.forward`.
 */
export const rotaryTables = (scenario: Scenario, regime: Regime): Amount => {
  const { sequence_length, architecture } = scenario;
  if (architecture.learned_positions !== undefined) return NOTHING;
  const size = rotaryBytes(scenario, regime);
  return plus(
    {
      bytes: ROTARY_TABLES * allocated(sequence_length * architecture.head_dim * size),
      formula: product(
        setting("sequence_length", sequence_length),
        config("head_dim", architecture.head_dim),
        constant("bytes of cosine and sine", ROTARY_TABLES * size),
      ),
    },
    {
      bytes: allocated(sequence_length * INT64_BYTES),
      formula: product(setting("sequence_length", sequence_length), constant("bytes of a position", INT64_BYTES)),
    },
  );
};

/** Whether the head's weight gets a gradient, so that its product saves its input. */
export const isHeadTrained = (scenario: Scenario): boolean =>
  scenario.method.kind === "full" ||
  scenario.method.lora.modules_to_save.some((name) => name.endsWith("lm_head") || name.endsWith("embed_out"));

/** What the final norm and the head save, the last hidden state that the model's output holds, and a gradient of the residual stream. */
export const finalNormSaved = (
  scenario: Scenario,
  regime: Regime,
  shape: LayerShape,
): Readonly<{ final: Amount; lastHidden: Amount; streamGradient: Amount }> => {
  const widths = widthsOf(scenario, shape);
  const headInput = regime.autocast ? 2 : regime.normed;
  const isTrained = isHeadTrained(scenario);
  const saved = combine(normSaved(regime, shape), isTrained ? on("hidden", headInput) : {});
  const isHeldAnyway = isTrained && headInput === regime.normed;
  return {
    final: overTokens(saved, widths, scenario),
    lastHidden: isHeldAnyway ? NOTHING : overTokens(on("hidden", regime.normed), widths, scenario),
    streamGradient: overTokens(on("hidden", regime.stream), widths, scenario),
  };
};

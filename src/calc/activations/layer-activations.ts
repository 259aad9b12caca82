import { allocated } from "#calc/allocation.ts";
import { type Amount, NOTHING, plus, product } from "#calc/formula/amount.ts";
import { constant, counted } from "#calc/formula/inputs.ts";
import type { Scenario } from "#calc/scenario.ts";
import type { BackwardStage, LayerActivations } from "./activations.ts";
import { isAdapted } from "./adapter.ts";
import { layerProfiles, type LayerProfiles, type Stage } from "./layer-profiles.ts";
import type { LayerShape } from "./layer-shape.ts";
import { combine, on, overTokens, type Profile, widthsOf, without } from "./profile.ts";
import type { Regime } from "./regime.ts";

/** bitsandbytes multiplies with a 16-bit copy of the matrix. */
const DEQUANTISED_BYTES = 2;
/** DoRA's norm of the merged weight holds the adapter's product, its scaled copy, the base weight and their sum. */
const DORA_TENSORS = 4;

/** One layer of a scenario. */
export type LayerInput = Readonly<{ scenario: Scenario; regime: Regime; shape: LayerShape; isFirst: boolean }>;

/**
 * Weights that are made for one product and dropped: the 16-bit copy of a 4-bit matrix, the merged weight of DoRA.
 *
 * @see bitsandbytes/autograd/_functions.py, `MatMul4Bit`; peft/tuners/lora/dora.py, `DoraLinearLayer.get_weight_norm`.
 */
const weightTemporaries = ({ regime, shape }: LayerInput): Amount => {
  const linears = [...shape.attentionLinears, ...shape.mlpLinears];
  let largest = 0;
  let largestAdapted = 0;
  for (const linear of linears) {
    const elements = linear.in_features * linear.out_features;
    largest = Math.max(largest, elements);
    if (isAdapted(regime, linear)) largestAdapted = Math.max(largestAdapted, elements);
  }
  const dequantised: Amount = regime.isFourBit
    ? {
        bytes: allocated(largest * DEQUANTISED_BYTES),
        formula: product(
          counted("weights of the largest matrix", largest),
          constant("bytes dequantised", DEQUANTISED_BYTES),
        ),
      }
    : NOTHING;
  const merged: Amount =
    regime.lora?.use_dora === true
      ? {
          bytes: allocated(largestAdapted * DORA_TENSORS * regime.adapterWeights),
          formula: product(
            counted("weights of the largest adapted matrix", largestAdapted),
            constant("bytes of DoRA's norm", DORA_TENSORS * regime.adapterWeights),
          ),
        }
      : NOTHING;
  return plus(dequantised, merged);
};

/** A checkpointed layer keeps its input only, on the card unless it is sent to the host; under TRL's cast the first one is 16-bit. */
const checkpoint = ({ scenario, regime, isFirst }: LayerInput): Profile => {
  if (scenario.checkpointsOffloaded) return {};
  const isSixteenBit = isFirst && scenario.method.kind === "qlora" && scenario.method.kbitPreparation === "trl";
  return on("hidden", isSixteenBit ? 2 : regime.stream);
};

/** The first layer of a frozen model without checkpointing: its input needs no gradient, so its norm saves nothing. */
const savedByAttention = ({ regime, isFirst }: LayerInput, profiles: LayerProfiles): Profile =>
  isFirst && !regime.gradient_checkpointing
    ? without(profiles.attentionSaved, profiles.firstLayerLess)
    : profiles.attentionSaved;

/** The input of a checkpointed layer while the layer is run again: a fp32 stream is what its first RMSNorm saves anyway. */
const layerInputOf = ({ regime, shape }: LayerInput): Profile =>
  regime.gradient_checkpointing && !(regime.stream === 4 && shape.isRmsNorm) ? on("hidden", regime.stream) : {};

/** What one layer has alive, with and without checkpointing. */
export const layerActivations = (input: LayerInput): Omit<LayerActivations, "kind" | "count"> => {
  const { scenario, regime, shape } = input;
  const widths = widthsOf(scenario, shape);
  const bytesOf = (profile: Profile): Amount => overTokens(profile, widths, scenario);
  const copy = weightTemporaries(input);
  const workspaceOf = (stage: Stage): Amount => (stage.hasWeightCopy ? copy : NOTHING);
  const profiles = layerProfiles(regime, shape);
  const attention = savedByAttention(input, profiles);
  const saved = combine(attention, profiles.mlpSaved);
  const isCheckpointed = regime.gradient_checkpointing;
  const layerInput = layerInputOf(input);
  const backwardStage = (gradients: "last" | "most", alive: Profile, stage: Stage): BackwardStage => ({
    gradients,
    activations: bytesOf(combine(layerInput, alive, stage.beside)),
    workspace: workspaceOf(stage),
  });
  const forward = isCheckpointed
    ? profiles.forward
    : [{ beside: on("hidden", 2 * regime.stream), hasWeightCopy: true }];
  return {
    kept: bytesOf(isCheckpointed ? checkpoint(input) : saved),
    forward: forward.map((stage) => ({ activations: bytesOf(stage.beside), workspace: workspaceOf(stage) })),
    backward: [
      ...profiles.mlpBackward.map((stage) => backwardStage("last", saved, stage)),
      backwardStage("most", attention, profiles.attentionBackward),
    ],
  };
};

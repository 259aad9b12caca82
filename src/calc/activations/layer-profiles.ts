import type { LinearModule } from "#calc/families/model-layout.ts";
import {
  adapterBackward,
  adapterForward,
  adapterSaved,
  type AdapterInput,
  doraSaved,
  isAdapted,
  MASK_BYTES,
} from "./adapter.ts";
import { attentionBackwardWorking, attentionForwardWorking, attentionSaved } from "./attention.ts";
import { isOutputProjection, type LayerShape } from "./layer-shape.ts";
import { mlpBackwardWorking, mlpForwardWorking, mlpSaved } from "./mlp.ts";
import { normSaved } from "./norm.ts";
import { combine, on, type Profile, scaled } from "./profile.ts";
import type { Regime } from "./regime.ts";

/** One point inside a layer: what is alive of it beside what it saved, and whether a weight is there as a temporary copy. */
export type Stage = Readonly<{ beside: Profile; hasWeightCopy: boolean }>;

/** One layer's bytes for each token: what it saves, block by block, and what it needs besides at its highest points. */
export type LayerProfiles = Readonly<{
  /** Norms, attention and what its linears and adapters save. */
  attentionSaved: Profile;
  mlpSaved: Profile;
  /** While the MLP's backward runs, everything saved. */
  mlpBackward: readonly Stage[];
  /** While attention's backward runs, what its block saved. */
  attentionBackward: Stage;
  /** In a forward in which nothing is saved. */
  forward: readonly Stage[];
  /** Of all that is saved, what the first layer of a frozen model does not save: its input needs no gradient. */
  firstLayerLess: Profile;
}>;

/** Mamba, convolutions, linear attention: inputs and outputs of their projections once in the 16-bit dtype and once in fp32, an estimate. */
const mixerSaved = (regime: Regime): Profile => on("mixer", 2 + regime.linear);

/** The inputs of a block's linears: shared by all where the dtype fits, a cast for each under autocast; only trained weights need them. */
const inputsSaved = (regime: Regime, linears: number): Profile => {
  if (!regime.isBaseTrained || linears === 0) return {};
  const isCast = regime.normed !== regime.linear;
  return on("hidden", isCast ? linears * regime.linear : regime.normed);
};

/** Linears of a block, those that read the norm's output and those that close the block; how many of each are adapted. */
const blockOf = (
  regime: Regime,
  linears: readonly LinearModule[],
): Readonly<{ inputs: number; adaptedInputs: number; adaptedOutputs: number }> => {
  let inputs = 0;
  let adaptedInputs = 0;
  let adaptedOutputs = 0;
  for (const linear of linears) {
    const adapted = isAdapted(regime, linear) ? 1 : 0;
    if (isOutputProjection(linear)) adaptedOutputs += adapted;
    else {
      inputs += 1;
      adaptedInputs += adapted;
    }
  }
  return { inputs, adaptedInputs, adaptedOutputs };
};

const attentionBlock = (regime: Regime, shape: LayerShape): Profile => {
  const block = blockOf(regime, shape.attentionLinears);
  const fromNorm: AdapterInput = { width: "hidden", bytes: regime.normed, isSavedAlready: false };
  const fromAttention: AdapterInput = {
    width: "query",
    bytes: regime.attention,
    isSavedAlready: regime.kernel !== "eager",
  };
  return combine(
    inputsSaved(regime, block.inputs),
    attentionSaved(regime, shape),
    mixerSaved(regime),
    adapterSaved(regime, block.adaptedInputs, fromNorm),
    adapterSaved(regime, block.adaptedOutputs, fromAttention),
    doraSaved(regime, shape.attentionLinears),
  );
};

/** The MLP's product, which its last linear and that one's adapter read. */
const productInput = (regime: Regime): AdapterInput => ({
  width: "intermediate",
  bytes: regime.linear,
  isSavedAlready: false,
});

const mlpBlock = (regime: Regime, shape: LayerShape): Profile => {
  const block = blockOf(regime, shape.mlpLinears);
  const fromNorm: AdapterInput = { width: "hidden", bytes: regime.normed, isSavedAlready: false };
  const inputs = shape.norms > 1 || regime.normed !== regime.linear ? inputsSaved(regime, block.inputs) : {};
  return combine(
    inputs,
    mlpSaved(regime, shape),
    adapterSaved(regime, block.adaptedInputs, fromNorm),
    adapterSaved(regime, block.adaptedOutputs, productInput(regime)),
    doraSaved(regime, shape.mlpLinears),
  );
};

const point = (beside: Profile): Stage => ({ beside, hasWeightCopy: false });
const weightPoint = (regime: Regime, beside: Profile): Stage => ({
  beside,
  hasWeightCopy: regime.isFourBit || regime.lora?.use_dora === true,
});

/**
 * The MLP's backward at its highest points: the gradients of the product's two factors, or where the last linear is adapted the sum of the
 * base's and the adapter's gradients of the product; the adapter's own chain of casts; the base's product with its dequantised weight. What A saved
 * of the product is gone by then.
 */
const mlpBackwardStages = (regime: Regime, shape: LayerShape): readonly Stage[] => {
  const isLastAdapted = shape.mlpLinears.some((linear) => isOutputProjection(linear) && isAdapted(regime, linear));
  const base = mlpBackwardWorking(regime, shape);
  const product = combine(on("intermediate", regime.linear), on("expertWidth", regime.linear));
  if (!isLastAdapted) return [point(base), weightPoint(regime, regime.isFourBit ? on("intermediate", 2) : product)];
  const input = productInput(regime);
  const gone = adapterSaved(regime, 1, input).intermediate ?? 0;
  const dropoutMask = regime.lora !== null && regime.lora.lora_dropout > 0 ? MASK_BYTES : 0;
  return [
    point(combine(base, on("intermediate", -gone))),
    point(combine(adapterBackward(regime, input), on("intermediate", dropoutMask - gone))),
    weightPoint(regime, combine(product, on("intermediate", 2 - gone))),
  ];
};

const besides = (all: Profile, stage: Stage): Stage => ({ ...stage, beside: combine(all, stage.beside) });

/** Dropout of an input that needs no gradient saves no mask. */
const firstMasks = (regime: Regime, shape: LayerShape): Profile => {
  if (regime.lora === null || regime.lora.lora_dropout === 0) return {};
  return on("hidden", MASK_BYTES * blockOf(regime, shape.attentionLinears).adaptedInputs);
};

/**
 * The profiles of one kind of layer. Saved bytes are closed forms that equal the tape of a Llama-like layer (bf16 base: full 16h + 8 + 8f
 * + 4q + 4kv + 4a; LoRA 8h + 8 + 6f + 4q + 4kv + 4a and its adapters); what is needed besides, and layers of other shapes, are estimates.
 */
export const layerProfiles = (regime: Regime, shape: LayerShape): LayerProfiles => {
  const norm = normSaved(regime, shape);
  const stream = on("hidden", regime.stream);
  const gradient = combine(stream, regime.stream !== regime.linear ? on("hidden", regime.linear) : {});
  const entering = combine(scaled(stream, 2), on("hidden", regime.normed));
  const product = on("intermediate", regime.linear);
  const isLastAdapted = shape.mlpLinears.some((linear) => isOutputProjection(linear) && isAdapted(regime, linear));
  const chain = isLastAdapted ? adapterForward(regime, productInput(regime)) : {};
  return {
    attentionSaved: combine(scaled(norm, Math.ceil(shape.norms / 2)), attentionBlock(regime, shape)),
    mlpSaved: combine(scaled(norm, Math.floor(shape.norms / 2)), mlpBlock(regime, shape)),
    mlpBackward: mlpBackwardStages(regime, shape).map((stage) => besides(gradient, stage)),
    attentionBackward: point(combine(gradient, attentionBackwardWorking(regime, shape))),
    forward: [
      point(combine(entering, attentionForwardWorking(regime))),
      weightPoint(regime, combine(entering, mlpForwardWorking(regime, shape))),
      point(combine(entering, product, chain)),
    ],
    firstLayerLess: regime.isBaseTrained ? {} : combine(norm, firstMasks(regime, shape)),
  };
};

import type { LinearModule } from "#calc/families/model-layout.ts";
import { adapterSaved, type AdapterInput, adapterWorking, doraSaved, isAdapted } from "./adapter.ts";
import { attentionBackwardWorking, attentionForwardWorking, attentionSaved } from "./attention.ts";
import { isOutputProjection, type LayerShape } from "./layer-shape.ts";
import { mlpBackwardWorking, mlpForwardWorking, mlpSaved } from "./mlp.ts";
import { normSaved } from "./norm.ts";
import { combine, on, type Profile, scaled } from "./profile.ts";
import type { Regime } from "./regime.ts";

/** One layer's bytes for each token: what it saves, block by block, and the most it needs besides in either direction. */
export type LayerProfiles = Readonly<{
  /** Norms, attention and what its linears and adapters save. */
  attentionSaved: Profile;
  mlpSaved: Profile;
  /** Beside everything saved, while the MLP's backward runs. */
  mlpBackward: Profile;
  /** Beside what attention's block saved, while its backward runs. */
  attentionBackward: Profile;
  /** Locals of a forward in which nothing is saved. */
  forward: Profile;
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
    doraSaved(regime, on("query", block.adaptedInputs * (regime.linear + 2 * regime.adapter))),
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
    doraSaved(regime, on("intermediate", block.adaptedInputs * (regime.linear + 2 * regime.adapter))),
  );
};

/** The larger of two working sets of the MLP. */
const larger = (first: Profile, second: Profile): Profile =>
  (first.intermediate ?? 0) >= (second.intermediate ?? 0) ? first : second;

/**
 * The profiles of one kind of layer. Saved bytes are closed forms that equal the tape of a Llama-like layer (bf16 base: full 16h + 8 + 8f
 * + 4q + 4kv + 4a; LoRA 8h + 8 + 6f + 4q + 4kv + 4a and its adapters); what is needed besides, and layers of other shapes, are estimates.
 */
export const layerProfiles = (regime: Regime, shape: LayerShape): LayerProfiles => {
  const norm = normSaved(regime, shape);
  const norms = scaled(norm, shape.norms);
  const isLastAdapted = shape.mlpLinears.some((linear) => isOutputProjection(linear) && isAdapted(regime, linear));
  const chain = isLastAdapted ? adapterWorking(regime, productInput(regime)) : {};
  const stream = on("hidden", regime.stream);
  const ownMlp = mlpBackwardWorking(regime, shape);
  const waiting = on("intermediate", regime.linear);
  const gradientOfStream = combine(stream, regime.stream !== regime.linear ? on("hidden", regime.linear) : {});
  return {
    attentionSaved: combine(scaled(norm, Math.ceil(shape.norms / 2)), attentionBlock(regime, shape)),
    mlpSaved: combine(scaled(norm, Math.floor(shape.norms / 2)), mlpBlock(regime, shape)),
    mlpBackward: combine(gradientOfStream, larger(ownMlp, combine(waiting, chain))),
    attentionBackward: combine(gradientOfStream, attentionBackwardWorking(regime, shape)),
    forward: combine(
      scaled(stream, 2),
      on("hidden", regime.normed),
      attentionForwardWorking(regime),
      mlpForwardWorking(regime, shape),
      chain,
    ),
    firstLayerLess: regime.isBaseTrained || norms.hidden === undefined ? {} : norm,
  };
};

import type { BackwardStage, LayerActivations } from "#calc/activations/activations.ts";
import { type Amount, NOTHING, plus } from "#calc/formula/amount.ts";
import { beforeLayers, type LayerGradients, NO_LAYER_GRADIENTS } from "#calc/gradients/gradients.ts";
import { shardOf } from "#calc/parallel/placement.ts";
import { copiesOf, keptByAll, keptMask, layersOf } from "./forward.ts";
import type { Holdings } from "./holdings.ts";
import { highest, type Parts, type StepMoment } from "./parts.ts";
import { standing } from "./standing.ts";

/** Gradients at some point of backward: those there before it (accumulation) and new ones, or only new ones. */
const gradientsAt = (holdings: Holdings, reached: Amount, newest: Amount): Amount => {
  const { gradients, gradientShards, scenario } = holdings;
  if (scenario.gradient_accumulation_steps === 1) return shardOf(reached, gradientShards);
  const waiting = gradients.isTied ? gradients.head : NOTHING;
  return plus(shardOf(gradients.all, gradientShards), shardOf(plus(waiting, newest), gradientShards));
};

/** The loss and the head: logits' gradients, then the head's own gradient and the hidden state's. */
const headPoints = (holdings: Holdings, base: Parts, kept: Amount): readonly Parts[] => {
  const { activations, loss, gradients, copies, gathered } = holdings;
  const alive = plus(base.activations, kept, activations.rotary, keptMask(holdings), activations.final);
  const saved = holdings.scenario.gradient_checkpointing ? NOTHING : copiesOf(holdings, activations.layers.length);
  const workspace = plus(base.workspace, gathered.atLoss, copies.head, saved);
  const head = loss.isHeadGradientInForward ? NOTHING : gradients.head;
  return [
    { ...base, activations: alive, logits: loss.backward, workspace },
    {
      ...base,
      gradients: gradientsAt(holdings, head, gradients.isTied ? NOTHING : head),
      activations: plus(alive, activations.streamGradient),
      logits: loss.headBackward,
      workspace,
    },
  ];
};

/** A layer in backward: how many layers of its run, and what earlier runs, still keep their tensors, and which gradients exist. */
type Position = Readonly<{ layer: LayerActivations; before: Amount; reached: Amount; copies: Amount }>;

const stageGradients = (stage: BackwardStage, layer: LayerGradients): Amount =>
  stage.gradients === "last" ? layer.last : layer.most;

const layerPoints = (holdings: Holdings, base: Parts, position: Position): readonly Parts[] => {
  const { activations, gathered, unreduced } = holdings;
  const own = holdings.gradients.layers.get(position.layer.kind) ?? NO_LAYER_GRADIENTS;
  return position.layer.backward.map((stage) => ({
    ...base,
    gradients: gradientsAt(holdings, plus(position.reached, stageGradients(stage, own)), own.last),
    activations: plus(base.activations, activations.rotary, keptMask(holdings), position.before, stage.activations),
    workspace: plus(base.workspace, gathered.inLayers, unreduced.layer, position.copies, stage.workspace),
  }));
};

/** Weight copies that the layers before this one, `count` of its own run and all of `runs`, still save; run again, a layer has only its own. */
const copiesBefore = (holdings: Holdings, runs: number, own: Amount): Amount =>
  holdings.scenario.gradient_checkpointing ? NOTHING : plus(copiesOf(holdings, runs), own);

/** The first and the last layer of every run, from the last run to the first: between them everything moves in a straight line. */
const positionsOf = (holdings: Holdings): readonly Position[] => {
  const { layers } = holdings.activations;
  const positions: Position[] = [];
  let reached = beforeLayers(holdings.gradients);
  layers.toReversed().forEach((layer, index) => {
    const runs = layers.length - 1 - index;
    const earlier = keptByAll(layers.slice(0, runs));
    const gradients = (holdings.gradients.layers.get(layer.kind) ?? NO_LAYER_GRADIENTS).all;
    const copy = holdings.copies.layers.get(layer.kind) ?? NOTHING;
    const others = layer.count - 1;
    positions.push({
      layer,
      before: plus(earlier, layersOf(others, layer.kept)),
      reached,
      copies: plus(copy, copiesBefore(holdings, runs, layersOf(others, copy))),
    });
    if (others > 0)
      positions.push({
        layer,
        before: earlier,
        reached: plus(reached, layersOf(others, gradients)),
        copies: plus(copy, copiesBefore(holdings, runs, NOTHING)),
      });
    reached = plus(reached, layersOf(layer.count, gradients));
  });
  return positions;
};

/**
 * The end of backward: every gradient, that of the residual stream, and the embedding's. With a tied head its gradient has waited since the
 * beginning; the two and their sum are there together unless autograd adds in place (fp32 gradients on CUDA).
 */
const embeddingPoint = (holdings: Holdings, base: Parts): Parts => {
  const { gradients, activations, gradientShards, gathered, unreduced } = holdings;
  const isAddedInPlace = holdings.gradientsAddInPlace && activations.regime.areWeightsCast;
  const isAccumulating = holdings.scenario.gradient_accumulation_steps > 1;
  const extra = gradients.isTied
    ? plus(gradients.head, isAddedInPlace ? NOTHING : gradients.head)
    : isAccumulating
      ? gradients.embedding
      : NOTHING;
  return {
    ...base,
    gradients: shardOf(plus(gradients.all, extra), gradientShards),
    activations: plus(base.activations, activations.streamGradient),
    workspace: plus(base.workspace, gathered.atEnd, unreduced.root),
  };
};

/** Backward of the last micro step: loss, head, layers from the last to the first, embedding. */
export const backwardMoment = (holdings: Holdings): StepMoment => {
  const base = standing(holdings, "accumulated");
  const kept = keptByAll(holdings.activations.layers);
  const points = [
    ...headPoints(holdings, base, kept),
    ...positionsOf(holdings).flatMap((position) => layerPoints(holdings, base, position)),
  ];
  return {
    id: "backward",
    live: standing(holdings, "all"),
    peak: highest(embeddingPoint(holdings, base), ...points),
  };
};

import type { LayerActivations } from "#calc/activations/activations.ts";
import { type Amount, NOTHING, plus, times } from "#calc/formula/amount.ts";
import { config } from "#calc/formula/inputs.ts";
import type { Holdings } from "./holdings.ts";
import { highest, type Parts, type StepMoment } from "./parts.ts";
import { standing } from "./standing.ts";

/** `count` layers of one run. */
export const layersOf = (count: number, amount: Amount): Amount => times(config("num_hidden_layers", count), amount);

/** What all layers keep at the end of forward. */
export const keptByAll = (layers: readonly LayerActivations[]): Amount =>
  plus(...layers.map((layer) => layersOf(layer.count, layer.kept)));

/** Copies of weights that live as long as the forward: autocast's cache, or what the graph saves. */
const copiesInForward = ({ copies, activations, scenario }: Holdings): Amount =>
  activations.regime.isBaseTrained || !scenario.gradient_checkpointing ? copies.all : copies.head;

/**
 * Forward of the last micro step: layers one after another, each leaving what it keeps, then the loss. The highest of the loss and of the last
 * layer's own forward.
 */
export const forwardMoment = (holdings: Holdings): StepMoment => {
  const { activations, loss, gathered } = holdings;
  const base = standing(holdings, "accumulated");
  const kept = keptByAll(activations.layers);
  const copies = copiesInForward(holdings);
  const throughLayers = plus(base.activations, kept, activations.rotary);
  const keptMask = holdings.scenario.gradient_checkpointing ? activations.mask : NOTHING;
  const workspace = plus(base.workspace, gathered, copies);
  const atLoss: Parts = {
    ...base,
    activations: plus(throughLayers, keptMask, activations.final, activations.lastHidden),
    logits: loss.forward,
    workspace,
  };
  const inLastLayer = (activations.layers.at(-1)?.forward ?? []).map((stage): Parts => ({
    ...base,
    activations: plus(throughLayers, activations.mask, stage.activations),
    workspace: plus(workspace, stage.workspace),
  }));
  const isCopySaved = !holdings.scenario.gradient_checkpointing;
  const live: Parts = {
    ...base,
    activations: plus(throughLayers, keptMask, activations.final),
    logits: loss.saved,
    workspace: plus(base.workspace, isCopySaved ? copies : holdings.copies.head),
  };
  return { id: "forward", live, peak: highest(atLoss, ...inLastLayer) };
};

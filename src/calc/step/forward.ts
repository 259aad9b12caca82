import type { LayerActivations } from "#calc/activations/activations.ts";
import { type Amount, NOTHING, plus, times } from "#calc/formula/amount.ts";
import { counted } from "#calc/formula/inputs.ts";
import type { Holdings } from "./holdings.ts";
import { highest, type Parts, type StepMoment } from "./parts.ts";
import { standing } from "./standing.ts";

/** An amount of each of `count` layers. */
export const layersOf = (count: number, amount: Amount): Amount => times(counted("layers", count), amount);

/** What layers keep at the end of forward. */
export const keptByAll = (layers: readonly LayerActivations[]): Amount =>
  plus(...layers.map((layer) => layersOf(layer.count, layer.kept)));

/** 16-bit copies of the weights of all layers of the first `count` runs. */
export const copiesOf = ({ activations, copies }: Holdings, runs: number): Amount =>
  plus(
    ...activations.layers.slice(0, runs).map(({ kind, count }) => layersOf(count, copies.layers.get(kind) ?? NOTHING)),
  );

/** Checkpointed layers hold eager attention's mask until they have run again. */
export const keptMask = ({ scenario, activations }: Holdings): Amount =>
  scenario.gradient_checkpointing ? activations.mask : NOTHING;

/**
 * Forward of the last micro step: layers one after another, each leaving what it keeps, then the loss. The highest of the loss and of the last
 * layer's own forward.
 */
export const forwardMoment = (holdings: Holdings): StepMoment => {
  const { activations, loss, gathered, copies, scenario } = holdings;
  const base = standing(holdings, "accumulated");
  const throughLayers = plus(base.activations, keptByAll(activations.layers), activations.rotary);
  const saved = scenario.gradient_checkpointing ? NOTHING : copiesOf(holdings, activations.layers.length);
  const inContext = scenario.gradient_checkpointing ? copies.cached : saved;
  const workspace = plus(base.workspace, copies.head, inContext);
  const atLoss: Parts = {
    ...base,
    activations: plus(throughLayers, keptMask(holdings), activations.final, activations.lastHidden),
    logits: loss.forward,
    workspace: plus(workspace, gathered.atLoss),
  };
  const inLastLayer = (activations.layers.at(-1)?.forward ?? []).map((stage): Parts => ({
    ...base,
    activations: plus(throughLayers, activations.mask, stage.activations),
    workspace: plus(workspace, gathered.inLayers, stage.workspace),
  }));
  const live: Parts = {
    ...base,
    activations: plus(throughLayers, keptMask(holdings), activations.final),
    logits: loss.saved,
    workspace: plus(base.workspace, copies.head, saved),
  };
  return { id: "forward", live, peak: highest(atLoss, ...inLastLayer) };
};

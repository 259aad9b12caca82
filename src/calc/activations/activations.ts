import type { LayerLayout, ModelLayout } from "#calc/families/model-layout.ts";
import { type Amount, NOTHING } from "#calc/formula/amount.ts";
import type { Scenario } from "#calc/scenario.ts";
import { layerActivations } from "./layer-activations.ts";
import { layerShape, type LayerShape } from "./layer-shape.ts";
import { causalMask, finalNormSaved, inputTensors, rotaryTables } from "./model-tensors.ts";
import { type Regime, regimeOf } from "./regime.ts";

/** One point inside a layer's forward: what is alive beside what the layer keeps. */
export type ForwardStage = Readonly<{ activations: Amount; workspace: Amount }>;

/** One point inside a layer's backward: what is alive of the layer, its own kept tensors included. */
export type BackwardStage = Readonly<{
  /** Which of the layer's weights have their gradients by then: the last matrix, or all but what reads the first norm. */
  gradients: "last" | "most";
  activations: Amount;
  workspace: Amount;
}>;

/** Layers that follow one another and are alike, and what each of them has alive. */
export type LayerActivations = Readonly<{
  kind: string;
  count: number;
  /** From the layer's forward to its backward. */
  kept: Amount;
  forward: readonly ForwardStage[];
  backward: readonly BackwardStage[];
}>;

/** Everything that a step has alive between the token ids and the last hidden state. */
export type Activations = Readonly<{
  /** Token ids and labels: through the whole step. */
  inputs: Amount;
  /** Rotary tables and positions: from forward to the end of backward. */
  rotary: Amount;
  /** Eager attention's causal mask: through the layers' forward, and with checkpointing until the last of them was run again. */
  mask: Amount;
  /** What the final norm and the head's product save. */
  final: Amount;
  /** The last hidden state, held by the model's output until the loss is made; nothing where the head saves it. */
  lastHidden: Amount;
  /** A gradient of the residual stream. */
  streamGradient: Amount;
  /** In the order of forward; the first layer by itself. */
  layers: readonly LayerActivations[];
  regime: Regime;
}>;

type Run = Readonly<{ layer: LayerLayout; shape: LayerShape }>;

/** One kind of layer; the first of the model apart from the others where it keeps other bytes, because nothing before it is trained. */
const runsOf = (
  { scenario, regime }: Readonly<{ scenario: Scenario; regime: Regime }>,
  { layer, shape }: Run,
  isFirst: boolean,
): readonly LayerActivations[] => {
  const { kind, count } = layer;
  const others = layerActivations({ scenario, regime, shape, isFirst: false });
  if (!isFirst) return [{ kind, count, ...others }];
  const first = layerActivations({ scenario, regime, shape, isFirst: true });
  if (first.kept.bytes === others.kept.bytes) return [{ kind, count, ...others }];
  return [{ kind, count: 1, ...first }, ...(count > 1 ? [{ kind, count: count - 1, ...others }] : [])];
};

/**
 * The wall between the step and what happens inside a layer: bytes kept from forward to backward by each layer, and the most that one
 * layer's forward and backward need besides.
 *
 * Simple today: what a dense layer keeps is a closed form, exact but for the rounding of tensors to 512 B; its working set, and layers with
 * experts, linear or latent attention and state spaces, are estimates. Layers of one kind are taken to follow one another.
 */
export const activationsOf = (scenario: Scenario, layout: ModelLayout): Activations => {
  const regime = regimeOf(scenario);
  const runs = layout.layers
    .filter((layer) => layer.count > 0)
    .map((layer): Run => ({ layer, shape: layerShape(scenario.architecture, layer) }));
  const layers = runs.flatMap((run, position) => runsOf({ scenario, regime }, run, position === 0));
  const first = runs[0]?.shape;
  if (first === undefined)
    return {
      inputs: inputTensors(scenario),
      rotary: NOTHING,
      mask: NOTHING,
      final: NOTHING,
      lastHidden: NOTHING,
      streamGradient: NOTHING,
      layers,
      regime,
    };
  return {
    inputs: inputTensors(scenario),
    rotary: rotaryTables(scenario, regime),
    mask: causalMask(scenario, regime),
    ...finalNormSaved(scenario, regime, first),
    layers,
    regime,
  };
};

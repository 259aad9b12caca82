import type { LinearModule, ModelLayout } from "#calc/families/model-layout.ts";
import { isOutputProjection } from "#calc/activations/layer-shape.ts";
import { type Amount, NOTHING, plus, share } from "#calc/formula/amount.ts";
import { constant } from "#calc/formula/inputs.ts";
import { elementwise } from "#calc/trained/elementwise.ts";
import type { Place, TrainedTensor } from "#calc/trained/trained-tensor.ts";

/** Gradients of one layer: of its last matrix, of all but what reads the first norm, of everything. */
export type LayerGradients = Readonly<{ last: Amount; most: Amount; all: Amount }>;

/** Gradients by where in backward they appear; each lives from there until `zero_grad`. */
export type Gradients = Readonly<{
  head: Amount;
  final: Amount;
  /** By kind of layer: of one layer. */
  layers: ReadonlyMap<string, LayerGradients>;
  embedding: Amount;
  all: Amount;
  /** The head is the embedding: its gradient waits for the embedding's through the whole backward. */
  isTied: boolean;
}>;

const gradientOf = (tensors: readonly TrainedTensor[]): Amount =>
  elementwise(tensors, 1, (tensor) => tensor.gradientBytes);

/** The linear that a trained tensor belongs to: its own weight, or its adapter's. */
const linearOf = (tensor: TrainedTensor, linears: readonly LinearModule[]): LinearModule | undefined =>
  linears.find((linear) => tensor.name.startsWith(`${linear.name}.`));

const layerGradients = (
  tensors: readonly TrainedTensor[],
  linears: readonly LinearModule[],
  count: number,
): LayerGradients => {
  const last: TrainedTensor[] = [];
  const most: TrainedTensor[] = [];
  for (const tensor of tensors) {
    const linear = linearOf(tensor, linears);
    const isMlp = tensor.role === "experts" || linear?.part === "mlp";
    const isOutput = linear !== undefined && isOutputProjection(linear);
    if (tensor.role === "experts" || (isMlp && isOutput)) last.push(tensor);
    if (isMlp || isOutput) most.push(tensor);
  }
  const ofOneLayer = (some: readonly TrainedTensor[]): Amount => share(gradientOf(some), constant("layers", count));
  return { last: ofOneLayer(last), most: ofOneLayer(most), all: ofOneLayer(tensors) };
};

/**
 * Gradients of the trained tensors, by place. Exact: each has its tensor's shape, and is rounded up to 512 B.
 *
 * @see torch/csrc/autograd/functions/accumulate_grad.h, `AccumulateGrad` (a first gradient is kept, not copied).
 */
export const gradientsOf = (
  layout: ModelLayout,
  tensors: readonly TrainedTensor[],
  isBaseTrained: boolean,
): Gradients => {
  const at = (place: Place): readonly TrainedTensor[] => tensors.filter((tensor) => tensor.place === place);
  const layers = new Map<string, LayerGradients>();
  const inLayers = at("layer");
  for (const { kind, count, modules } of layout.layers) {
    const linears = modules.filter((module): module is LinearModule => module.kind === "linear");
    layers.set(
      kind,
      layerGradients(
        inLayers.filter((tensor) => tensor.layerKind === kind),
        linears,
        Math.max(1, count),
      ),
    );
  }
  const embeddings = at("embedding");
  const isTied = isBaseTrained && layout.head.tied;
  const elements = layout.head.module.in_features * layout.head.module.out_features;
  const tied = embeddings.filter((tensor) => tensor.elements === elements).slice(0, 1);
  return {
    head: isTied ? gradientOf(tied) : gradientOf(at("head")),
    final: gradientOf(at("final")),
    layers,
    embedding: gradientOf(embeddings),
    all: gradientOf(tensors),
    isTied,
  };
};

/** No gradients. */
export const NO_LAYER_GRADIENTS: LayerGradients = { last: NOTHING, most: NOTHING, all: NOTHING };

/** What has its gradient before any layer's backward: the head and the final norm. */
export const beforeLayers = (gradients: Gradients): Amount => plus(gradients.head, gradients.final);

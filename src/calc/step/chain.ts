import type { ChainLayer } from "#calc/families/chain-layers.ts";

/**
 * The layers that are each run by themselves, because no other layer does as they do.
 *
 * - `bare`: as many layers at the beginning need no gradient at all (LoRA without checkpointing, where the first layers have no adapter). Their kinds are
 *   counted apart from those of later layers.
 * - `leading`: the first so many layers of each kind. The first layer of all has no gradient at its input (LoRA), and the first of a kind is the last in
 *   backward to release what its kind shares (a mask). 2 where the first saves less than later ones do: then the second is the last to release the rest.
 * - `trailing`: the last so many layers of the model, with which backward begins. Above 0, the kind of the next layer matters too: its gradients are
 *   reduced while this layer's backward runs, or it may be checkpointed where this one is not.
 */
export type Ends = Readonly<{ bare: number; leading: number; trailing: number }>;

/** The layers that are run on paper, and for each layer of the model the index of the one in `run` that stands for it. */
export type Chain = Readonly<{ run: readonly ChainLayer[]; stands: readonly number[] }>;

const isLike = (one: ChainLayer | undefined, other: ChainLayer | undefined): boolean =>
  one?.kind === other?.kind && one?.keepsAll === other?.keepsAll;

const nameOf = (layer: ChainLayer | undefined): string =>
  layer?.keepsAll === true ? `${layer.kind}, kept` : `${layer?.kind}`;

/** For each layer a text that is the same for all layers of which one run can stand for. */
const signaturesOf = (layers: readonly ChainLayer[], { bare, leading, trailing }: Ends): readonly string[] => {
  /** How many layers of each kind came before, the bare ones apart. */
  const counts = new Map<string, number>();
  return layers.map((layer, index) => {
    const isBare = index < bare;
    const own = `${isBare} ${nameOf(layer)}`;
    const earlier = counts.get(own) ?? 0;
    counts.set(own, earlier + 1);
    const isByItself = earlier < (isBare ? 1 : leading) || index >= layers.length - trailing;
    const next = trailing > 0 ? layers[index + 1] : undefined;
    return isByItself ? `${index}` : `${nameOf(layers[index - 1])} > ${own} > ${nameOf(next)}`;
  });
};

/** Two layers in a row. */
type Pair = Readonly<{ before: ChainLayer | undefined; after: ChainLayer | undefined }>;

/**
 * Layers to run between the end of a run and the next layer, so that both have neighbours of the kinds that they have in the model.
 *
 * @param end the last layer of the run, and the layer after it in the model
 * @param next the layer before the next one in the model, and the next one
 */
const between = (end: Pair, next: Pair): readonly ChainLayer[] => {
  const layers: ChainLayer[] = [];
  const isJoined = (): boolean => next.before === undefined || isLike(layers.at(-1) ?? end.before, next.before);
  if (end.after !== undefined && !isLike(end.after, isJoined() ? next.after : next.before)) layers.push(end.after);
  if (next.before !== undefined && !isJoined()) layers.push(next.before);
  return layers;
};

/**
 * Chooses the layers to run. A layer's memory depends on its kind, on the kinds of its neighbours, and on whether it is one of `Ends`; so one run stands for
 * all layers that agree in these (tests hold it against running every layer). For example, with `leading` 1 and `trailing` 0:
 *
 * ```
 * model   A A A B A B A C
 * run     A A   B A B a C    `a` stands for no layer: C must come after an A
 * stands  0 1 1 2 3 4 3 6
 * ```
 */
export const chainOf = (layers: readonly ChainLayer[], ends: Ends): Chain => {
  const run: ChainLayer[] = [];
  const known = new Map<string, number>();
  /** The layer after the last of `run` in the model, where its kind matters. */
  let after: ChainLayer | undefined;
  const signatures = signaturesOf(layers, ends);
  const stands = layers.map((layer, index) => {
    const signature = signatures[index] as string;
    const found = known.get(signature);
    if (found !== undefined) return found;
    run.push(...between({ before: run.at(-1), after }, { before: layers[index - 1], after: layer }));
    known.set(signature, run.length);
    if (ends.trailing > 0) after = layers[index + 1];
    return run.push(layer) - 1;
  });
  return { run, stands };
};

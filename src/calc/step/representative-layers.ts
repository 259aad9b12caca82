// Choice of the layers that are run on the tape to stand for all layers of a model.

import type { ChainLayer } from "#calc/families/families.ts";

/**
 * How many layers at the beginning and at the end of a model differ from other layers of their kind.
 *
 * - `bare`: the number of layers before the first trained one, which need no gradient at all (LoRA without checkpointing). They are counted apart from later
 *   layers; the first bare layer of each kind is run by itself.
 * - `leading`: of each kind the first `leading` layers after the bare ones are each run by themselves. The input of the model's first layer needs no
 *   gradient (LoRA). In backward the first layer of a kind runs last, so it releases what its kind shares (a mask). 2 where the first layer saves less than
 *   later ones: then the second releases the rest.
 * - `trailing`: the last `trailing` layers of the model, with which backward begins, are each run by themselves. Above 0, a layer also depends on the kind of
 *   the layer after it, whose gradients are reduced while its own backward runs, or which is checkpointed where it is not.
 * - `full`: the layer in whose backward a bucket of gradients is full for the first time. It is run by itself, and the layers with which backward comes to it
 *   apart from those after it.
 */
export type Ends = Readonly<{ bare: number; leading: number; trailing: number; full?: number | undefined }>;

/**
 * The layers that are run on paper; and for each layer of the model the number of the run that stands for it: its index in `run`, or above these a layer
 * that `addMiddleLayers` adds.
 */
export type RepresentativeLayers = Readonly<{ run: readonly ChainLayer[]; stands: readonly number[] }>;

const isLike = (one: ChainLayer | undefined, other: ChainLayer | undefined): boolean =>
  one?.kind === other?.kind && one?.keepsAll === other?.keepsAll;

const nameOf = (layer: ChainLayer | undefined): string =>
  layer?.keepsAll === true ? `${layer.kind}, kept` : `${layer?.kind}`;

/** The signature of each layer. One layer is run for all that have the same. */
const signaturesOf = (
  layers: readonly ChainLayer[],
  { bare, leading, trailing, full = layers.length }: Ends,
): readonly string[] => {
  /** The number of earlier layers of each kind, bare and other layers counted apart. */
  const counts = new Map<string, number>();
  return layers.map((layer, index) => {
    const isBare = index < bare;
    const own = `${isBare} ${nameOf(layer)}`;
    const earlier = counts.get(own) ?? 0;
    counts.set(own, earlier + 1);
    const isByItself = earlier < (isBare ? 1 : leading) || index >= layers.length - trailing || index === full;
    const next = trailing > 0 ? layers[index + 1] : undefined;
    const until = index > full ? "until full" : "";
    return isByItself ? `${index}` : `${nameOf(layers[index - 1])} > ${own} > ${nameOf(next)} ${until}`;
  });
};

/** What is to be joined: `undefined` where there is no such layer, or where its kind does not matter. */
type Gap = Readonly<Record<"last" | "followerOfLast" | "predecessorOfNext" | "next", ChainLayer | undefined>>;

/**
 * The layers to run between the last layer that was run and the next one, so that each has a neighbour of the kind that it has in the model. They stand for
 * no layer.
 */
const between = ({ last, followerOfLast, predecessorOfNext, next }: Gap): readonly ChainLayer[] => {
  const layers: ChainLayer[] = [];
  const isJoined = (): boolean => predecessorOfNext === undefined || isLike(layers.at(-1) ?? last, predecessorOfNext);
  const expected = isJoined() ? next : predecessorOfNext;
  if (followerOfLast !== undefined && !isLike(followerOfLast, expected)) layers.push(followerOfLast);
  if (predecessorOfNext !== undefined && !isJoined()) layers.push(predecessorOfNext);
  return layers;
};

/**
 * Chooses the layers to run. A layer's memory depends on its kind, on the kind of the layer before it, with `trailing` above 0 on that of the layer after it,
 * and on whether `Ends` sets it apart. One run stands for all layers that agree in these; tests hold it against running every layer. For example, with
 * `leading` 1 and `trailing` 0:
 *
 * ```
 * model   A A A B A B A C
 * run     A A   B A B a C    `a` stands for no layer: C must come after an A
 * index   0 1   2 3 4 5 6
 * stands  0 1 1 2 3 4 3 6
 * ```
 */
export const representativeLayersOf = (layers: readonly ChainLayer[], ends: Ends): RepresentativeLayers => {
  const run: ChainLayer[] = [];
  const known = new Map<string, number>();
  /** In the model, the layer after the last one of `run`; undefined with `trailing` 0. */
  let followerOfLast: ChainLayer | undefined;
  const signatures = signaturesOf(layers, ends);
  const stands = layers.map((layer, index) => {
    const signature = signatures[index] as string;
    const found = known.get(signature);
    if (found !== undefined) return found;
    run.push(...between({ last: run.at(-1), followerOfLast, predecessorOfNext: layers[index - 1], next: layer }));
    known.set(signature, run.length);
    if (ends.trailing > 0) followerOfLast = layers[index + 1];
    return run.push(layer) - 1;
  });
  return { run, stands };
};

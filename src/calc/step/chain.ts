import type { ChainLayer } from "#calc/families/chain-layers.ts";

const isLike = (one: ChainLayer | undefined, other: ChainLayer | undefined): boolean =>
  one?.kind === other?.kind && one?.keepsAll === other?.keepsAll;

const nameOf = (layer: ChainLayer | undefined): string =>
  layer?.keepsAll === true ? `${layer.kind}, kept` : `${layer?.kind}`;

/**
 * What is like no other layers: the first `leading` of each kind after the first `bare` layers, before which nothing asks for a gradient (LoRA
 * without checkpointing on a model whose first layers have no adapter). `leading` is 1, or 2 where the first keeps less than what the second, too,
 * lets go of. `trailing`: as many at the end, which backward begins with, where parameters are gathered and gradients reduced
 * while a neighbour runs, or where some layers are checkpointed: then it matters what kind comes after a layer, too. Two where a stage
 * ends with a layer: nothing has been reduced before that one is, and something has after it. With ZeRO as far as the last layer that is trained, whose
 * gradients are the first to come.
 */
export type Ends = Readonly<{ bare: number; leading: number; trailing: number }>;

/** The layers that are run on paper, and for each layer of the model which of them stands for it. */
export type Chain = Readonly<{ run: readonly ChainLayer[]; stands: readonly number[] }>;

/** Whether the run so far ends with the kind of layer that comes before the next one in the model. */
const follows = (run: readonly ChainLayer[], previous: ChainLayer | undefined): boolean =>
  previous === undefined || isLike(run.at(-1), previous);

/** Pushes what must stand between the run so far, whose last layer has `after` behind it in the model, and a layer with the one before it. */
const bridge = (
  run: ChainLayer[],
  after: ChainLayer | undefined,
  { previous, layer }: Readonly<{ previous: ChainLayer | undefined; layer: ChainLayer }>,
): void => {
  const first = follows(run, previous) ? layer : previous;
  if (after !== undefined && !isLike(after, first)) run.push(after);
  if (previous !== undefined && !follows(run, previous)) run.push(previous);
};

/**
 * Chooses the layers to run: the first of each kind (with LoRA the model's first has no gradient at its input; the first of a kind is the last
 * to let go of a mask), and one of each kind after each kind. A layer's memory depends on nothing else, so that one run stands for all layers
 * alike; that is held against running every layer.
 */
export const chainOf = (layers: readonly ChainLayer[], { bare, leading, trailing }: Ends): Chain => {
  const run: ChainLayer[] = [];
  const stands: number[] = [];
  const known = new Map<string, number>();
  /** How many of each kind came before; those before which nothing asks for a gradient are counted apart. */
  let met = new Map<string, number>();
  let after: ChainLayer | undefined;
  layers.forEach((layer, index) => {
    const previous = layers[index - 1];
    const next = trailing > 0 ? layers[index + 1] : undefined;
    const isBare = index < bare;
    if (index === bare) met = new Map();
    const name = nameOf(layer);
    const alike = met.get(name) ?? 0;
    met.set(name, alike + 1);
    const isApart = alike < (isBare ? 1 : leading) || index >= layers.length - trailing;
    const signature = isApart ? `${index}` : `${isBare} ${nameOf(previous)} > ${name} > ${nameOf(next)}`;
    let runIndex = known.get(signature);
    if (runIndex === undefined) {
      // The layers around it must be of the kinds they have in the model.
      bridge(run, after, { previous, layer });
      after = next;
      runIndex = run.length;
      run.push(layer);
      known.set(signature, runIndex);
    }
    stands.push(runIndex);
  });
  return { run, stands };
};

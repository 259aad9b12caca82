// Modules and layers of a model's layout, in order, and whether a target name matches a module's path.

import type { Module, ModelLayout, LayerLayout } from "#calc/model/layout.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Forward } from "#calc/modules/forward.ts";

/** A module, how often it occurs, and the kind of layer that has it; null outside the layers. */
type CountedModule = Readonly<{ module: Module; count: number; layerKind: string | null }>;

/** Every module of a model but the head, in the order of the forward pass. */
export const modulesOf = ({ embeddings, layers, final }: ModelLayout): readonly CountedModule[] => {
  const once = (module: Module): CountedModule => ({ module, count: 1, layerKind: null });
  const inLayers = layers.flatMap(({ kind, count, modules }) =>
    modules.map((module) => ({ module, count, layerKind: kind })),
  );
  return [...embeddings.map(once), ...inLayers, ...final.map(once)];
};

/** The last part of a module's path that is a name, and what follows it: `o_proj` of `self_attn.o_proj`, `altup_projections.0` of itself. */
export const lastPart = (path: string): string => path.replace(/^.*\.(?=\D)/, "");

/** Whether a name in LoraConfig.target_modules means the module at this path: the whole path, or its end after a dot. */
export const namesModule = (name: string, path: string): boolean =>
  path.endsWith(name) && (path.length === name.length || path[path.length - name.length - 1] === ".");

/** The layout of every layer of a model, in order: where layouts come in turns, as they say themselves or as the modelling code does. */
export const layersInOrder = (
  layers: readonly LayerLayout[],
  architecture: Architecture,
  forward: Pick<Forward, "layoutKind">,
): readonly LayerLayout[] => {
  const oneByOne = layers.flatMap((layer) => Array.from({ length: layer.count }, () => layer));
  return oneByOne.map((layer, index) => {
    const own = forward.layoutKind?.(architecture, index);
    return layers.find((other) => other.at?.includes(index) ?? other.kind === own) ?? layer;
  });
};

/**
 * The layout of a model with a `score` head: of as many columns as the other head had, not tied, without a bias.
 *
 * @see transformers 5.24, modeling_layers.py, `GenericForSequenceClassification`
 */
export const scoredLayout = (layout: ModelLayout, num_labels: number): ModelLayout => ({
  ...layout,
  head: {
    module: {
      kind: "linear",
      name: "score",
      in_features: layout.head.module.in_features,
      out_features: num_labels,
      bias: false,
      isHead: true,
    },
    tied: false,
  },
});

/**
 * Whether bitsandbytes leaves the linear of this path as it is: a name of the list is the path, or its beginning, or its end. Names are taken literally;
 * transformers reads them as regular expressions.
 *
 * @see transformers 5.24, quantizers/quantizers_utils.py, `should_convert_module`
 * @internal
 */
export const isSkipped = (path: string, names: readonly string[]): boolean =>
  names.some((name) => path.startsWith(name) || path.endsWith(name));

/** The linears of one layer that are skipped, by their names inside the layer. */
const skippedIn = ({ modules }: LayerLayout, index: number, names: readonly string[]): readonly string[] =>
  modules
    .filter(({ kind, name }) => kind === "linear" && isSkipped(`model.layers.${index}.${name}`, names))
    .map(({ name }) => name);

/** Layers of one layout that skip the same linears, and which of the model's these are. */
type Group = Readonly<{ layer: LayerLayout; skipped: readonly string[]; at: number[] }>;

const groupsOf = (inOrder: readonly LayerLayout[], names: readonly string[]): readonly Group[] => {
  const groups = new Map<string, Group>();
  inOrder.forEach((layer, index) => {
    const skipped = skippedIn(layer, index, names);
    const key = [layer.kind, ...skipped].join(" ");
    const group = groups.get(key) ?? { layer, skipped, at: [] };
    group.at.push(index);
    groups.set(key, group);
  });
  return [...groups.values()];
};

/** A kind of its own, which begins as the layout's does: modelling code looks there. */
const layoutOf = ({ layer, skipped, at }: Group, number: number): LayerLayout =>
  skipped.length === 0
    ? { ...layer, count: at.length, at }
    : {
        kind: `${layer.kind}, 16-bit ${number}`,
        count: at.length,
        at,
        modules: layer.modules.map((module) =>
          module.kind === "linear" && skipped.includes(module.name) ? { ...module, skipped: true } : module,
        ),
      };

/**
 * A layout in which layers that keep other linears in 16 bits are kinds of their own: those that the checkpoint's `llm_int8_skip_modules` names. The same
 * layout where it names none of a layer's.
 */
export const withSkippedModules = (
  layout: ModelLayout,
  architecture: Architecture,
  forward: Pick<Forward, "layoutKind">,
): ModelLayout => {
  const { llm_int8_skip_modules: names = [] } = architecture;
  if (names.length === 0) return layout;
  const groups = groupsOf(layersInOrder(layout.layers, architecture, forward), names);
  if (groups.every(({ skipped }) => skipped.length === 0)) return layout;
  return { ...layout, layers: groups.map(layoutOf) };
};

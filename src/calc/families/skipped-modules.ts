import type { Architecture } from "#calc/model/architecture.ts";
import type { LayerLayout, ModelLayout } from "#calc/model/layout.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layersInOrder } from "./layers-in-order.ts";

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

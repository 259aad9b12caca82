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

import type { Module, ModelLayout } from "#calc/model/layout.ts";

/** A module, how often it occurs, and the kind of layer that has it; null outside the layers. */
export type CountedModule = Readonly<{ module: Module; count: number; layerKind: string | null }>;

/** Every module of a model but the head, in the order of the forward pass. */
export const modulesOf = ({ embeddings, layers, final }: ModelLayout): readonly CountedModule[] => {
  const once = (module: Module): CountedModule => ({ module, count: 1, layerKind: null });
  const inLayers = layers.flatMap(({ kind, count, modules }) =>
    modules.map((module) => ({ module, count, layerKind: kind })),
  );
  return [...embeddings.map(once), ...inLayers, ...final.map(once)];
};

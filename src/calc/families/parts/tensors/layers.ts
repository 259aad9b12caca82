import type { Architecture } from "#calc/model/architecture.ts";
import type { LayerLayout, Module } from "#calc/model/layout.ts";

/** All layers alike. */
export const uniformLayers = (a: Architecture, modules: readonly Module[]): readonly LayerLayout[] => [
  { kind: "decoder", count: a.num_hidden_layers, modules },
];

import type { Architecture } from "#calc/model/architecture.ts";
import type { LayerLayout, Module } from "#calc/model/layout.ts";

/** Layers of several kinds: how many there are of each, in the order of first appearance. */
export const layersOfKinds = <Kind extends string>(
  kinds: readonly Kind[],
  modulesOf: (kind: Kind) => readonly Module[],
): readonly LayerLayout[] =>
  [...new Set(kinds)].map((kind) => {
    const at = kinds.flatMap((other, index) => (other === kind ? [index] : []));
    return { kind, count: at.length, at, modules: modulesOf(kind) };
  });

/** The kind of each layer, from its index. */
export const kindsOf = <Kind extends string>(a: Architecture, kindOf: (index: number) => Kind): readonly Kind[] =>
  Array.from({ length: a.num_hidden_layers }, (_, index) => kindOf(index));

import type { Architecture } from "#calc/architecture.ts";
import type { ModelLayout } from "#calc/families/model-layout.ts";
import type { ChainLayer } from "#calc/step/chain.ts";
import type { Forward } from "./forward.ts";

/** Every layer of the model in order: which layout it has, and which attention. */
export const chainLayers = (
  architecture: Architecture,
  layout: ModelLayout,
  forward: Forward,
): readonly ChainLayer[] => {
  const inOrder = layout.layers.flatMap((layer) => Array.from({ length: layer.count }, () => layer));
  return inOrder.map((layer, index) => {
    const own = forward.layoutKind?.(architecture, index);
    const { modules, kind } =
      layout.layers.find((other) => (own === undefined ? other.at?.includes(index) : other.kind === own)) ?? layer;
    return { kind: `${kind} ${forward.attentionKind?.(architecture, index) ?? ""}`, modules };
  });
};

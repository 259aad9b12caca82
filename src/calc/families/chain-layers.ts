import type { Architecture } from "#calc/model/architecture.ts";
import type { Families } from "./families.ts";
import type { Module } from "#calc/model/layout.ts";
import { onceForEach } from "#calc/base/caches.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { layersInOrder } from "./model-modules.ts";

/** One layer of a model. Layers of one `kind` have the same modules and the same attention, so they take the same memory. */
export type ChainLayer = Readonly<{
  kind: string;
  modules: readonly Module[];
  /** Whether it keeps all that it saves, while other layers are checkpointed. */
  keepsAll?: boolean;
}>;

/** Every layer of the model in order. Its kind says which layout and which attention it has. */
export const chainLayers = onceForEach((families: Families) =>
  onceForEach((architecture: Architecture) =>
    onceForEach((forward: Forward): readonly ChainLayer[] =>
      layersInOrder(families.layoutOf(architecture).layers, architecture, forward).map(({ kind, modules }, index) => ({
        kind: `${kind} ${forward.attentionKind?.(architecture, index) ?? ""}`,
        modules,
      })),
    ),
  ),
);

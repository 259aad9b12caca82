import type { Element } from "#calc/tape/element.ts";

/** How a rank of several keeps parameters, gathers them and reduces gradients, as far as it changes forward and backward. */
export type RankOptions = Readonly<{
  strategy: "fsdp1" | "fsdp2" | "zero3";
  ranks: number;
  /** Whether a layer's whole parameters are let go of after its forward. */
  reshardsAfterForward: boolean;
  /** The type that gradients are reduced in. */
  reduce: Element;
  /** The types that shards are kept in. */
  stored: Readonly<{ weights: Element; adapters: Element }>;
  /** How many of the last layers stay whole until backward (ZeRO-3). */
  keptLayers: number;
  /** Whether shards lie in host memory. */
  onHost: boolean;
}>;

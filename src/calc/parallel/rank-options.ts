import type { Element } from "#calc/tape/element.ts";

/** How a rank of several keeps parameters, gathers them and reduces gradients, as far as it changes forward and backward. */
export type RankOptions = Readonly<{
  strategy: "fsdp1" | "fsdp2" | "zero3";
  ranks: number;
  /** Whether a layer's whole parameters are let go of after its forward. */
  reshardsAfterForward: boolean;
  /**
   * Modules before the layers that are a unit of their own, and what is after the layers then another that stays whole from forward to backward; empty
   * where all of them are one unit.
   */
  embeddings: readonly string[];
  /** Whether the unit of what stands outside the layers is the whole model, whose last output is the loss, or ends with the head. */
  endsWith: "loss" | "logits";
  /** Whether it is let go of after forward. */
  reshardsEnds: boolean;
  /** The type that gradients are reduced in. */
  reduce: Element;
  /** Whether gradients of all but the last micro step are kept whole, to be reduced with it. */
  reducesLast: boolean;
  /** The types that shards are kept in. */
  stored: Readonly<{ weights: Element; adapters: Element }>;
  /** How many of the last layers stay whole until backward (ZeRO-3). */
  keptLayers: number;
  /** Whether shards lie in host memory. */
  onHost: boolean;
}>;

import type { Element } from "#calc/base/element.ts";

/** What DeepSpeed's stages keep besides, in elements. */
export type ZeroOptions = Readonly<{
  /** The buffer that gradients are reduced in. */
  reduceBucket: number;
  /** The rank's share of what is trained, as far as its gradients stay on the card. */
  share: number;
  /** Parameters of fewer elements are whole everywhere (stage 3). */
  persistent: number;
  /** How much of the parameters is whole at once, where that is not all of them (stage 3); 0: all. */
  live: number;
}>;

/** How a rank of several keeps parameters, gathers them and reduces gradients, as far as it changes forward and backward. */
export type RankOptions = Readonly<{
  strategy: "fsdp1" | "fsdp2" | "zero1" | "zero2" | "zero3";
  ranks: number;
  /** Whether a layer's whole parameters are let go of after its forward. */
  reshardsAfterForward: boolean;
  /**
   * Modules before the layers that are a unit of their own, and what is after the layers then another that stays whole from forward to backward; empty
   * where all of them are one unit.
   */
  embeddings: readonly string[];
  /** Modules before the layers that come last in the unit of what is after them: embeddings that are the head, too, as accelerate names them. */
  tiedEnds: readonly string[];
  /** Whether what is after the layers is a unit of its own, be there embeddings before them or, in a stage, none. */
  hasTail: boolean;
  /** Whether the unit of what stands outside the layers is the whole model, whose last output is the loss, or ends with the head. */
  endsWith: "loss" | "logits";
  /** Whether it is let go of after forward. */
  reshardsEnds: boolean;
  /** The type that gradients are reduced in. */
  reduce: Element;
  /** Whether gradients of all but the last micro step are kept whole, to be reduced with it. */
  reducesLast: boolean;
  /**
   * Whether gradients wait whole until all micro batches are through, and then are reduced layer by layer; parameters wait whole from backward to the
   * next forward. So does a stage of a pipeline under FSDP2.
   */
  waitsForAll: boolean;
  /** The micro step from which on a forward neither gathers parameters nor lets go of them; null: none. */
  wholeFrom: number | null;
  /** The types that shards are kept in. */
  stored: Readonly<{ weights: Element; adapters: Element }>;
  /** Of DeepSpeed's stages; null of others. */
  zero: ZeroOptions | null;
  /** Whether shards lie in host memory. */
  onHost: boolean;
}>;

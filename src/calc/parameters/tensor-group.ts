/** What a tensor is, as far as storage rules tell tensors apart; a copy of `modules_to_save` is what it copies. */
export type TensorRole = "linear" | "experts" | "embedding" | "head" | "norm" | "bias" | "adapter" | "other";

/**
 * Parameter tensors of one shape that occur `count` times in the model. The allocator rounds each to 512 B, 8-bit optimizers keep small ones
 * in fp32, and quantisation takes some roles only: so tensors are counted as tensors, not as one number.
 */
export type TensorGroup = Readonly<{
  /** As in the modelling code, without the layer's number: `self_attn.q_proj.weight` or `q_proj.weight`. */
  name: string;
  shape: readonly number[];
  /** Product of `shape`. */
  elements: number;
  count: number;
  role: TensorRole;
  /** What is done to it whatever the method: never quantised (a class that inherits from `nn.Linear`, a module that the checkpoint leaves in 16 bits), or fp32 whatever the model is loaded in. */
  kept?: "whole" | "fp32";
  /** The kind of layer it stands in; null outside the layers. */
  layerKind: string | null;
}>;

// Facts that follow from a scenario: padding, masks, attention kernel, and why its allocations have no known order.

import type { Scenario, LossPath } from "./scenario.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { StepOptions } from "./step-options.ts";

/** Whether rows of a batch differ in length: shorter ones are padded to the longest, and attention gets a mask. */
export const isPadded = ({ packing, micro_batch_size }: Pick<Scenario, "packing" | "micro_batch_size">): boolean =>
  !packing && micro_batch_size > 1;

/**
 * Whether masks of a padded batch or of windows are counted, and the kernels that take them: with the code of transformers 5, where no ranks divide sequences or layers.
 * The package flash-attn takes the padding out of each layer's queries, keys and values instead; how much that leaves is up to the rows.
 */
export const countsMasks = ({ modelling, attn_implementation, division }: Scenario): boolean =>
  modelling === "transformers" &&
  attn_implementation !== "flash" &&
  (division === undefined || (division.cp_size === 1 && division.pp_size === 1 && (division.ulysses_size ?? 1) === 1));

/**
 * Whether rows of so many positions reach the window of layers that have one: then causal attention is not all that their mask says, and it is made.
 *
 * @see transformers 5.24, masking_utils.py, `_ignore_causal_mask_sdpa` (`kv_length >= local_attention_size`)
 */
export const reachesWindow = (
  { architecture: { sliding_window } }: Pick<Scenario, "architecture">,
  positions: number,
): boolean => sliding_window !== undefined && positions >= sliding_window;

/** Whether memory goes by the flat rule, which runs no step. */
export const isFlat = ({ accounting }: Pick<Scenario, "accounting">): boolean => accounting === "bytes-per-parameter";

/** Whether the number of chunks of a loss is found out while it runs, from what is free on the card. */
export const asksFreeMemory = (loss: LossPath): boolean => loss.kind === "chunked" && loss.chunks === "by-free-memory";

/** Kernels of `scaled_dot_product_attention`, each card has the last. `efficient`: the memory-efficient one, which keeps what the flash kernel keeps. */
export type SdpaKernel = "flash" | "efficient" | "math";

/** What a kernel is asked to take. */
type AskedOfKernel = Readonly<{
  dtype: Element;
  isMasked: boolean;
  /** Whether several heads of queries share one of keys. */
  isGrouped: boolean;
}>;

/** The best kernel that the card has, as `attn_implementation` says; the package flash-attn stands for its own. */
export const bestKernelOf = ({ attn_implementation }: Pick<StepOptions, "attn_implementation">): SdpaKernel =>
  attn_implementation === "efficient" || attn_implementation === "math" ? attn_implementation : "flash";

/**
 * The kernel that `scaled_dot_product_attention` takes in training. Flash: 16 bits, no mask. Memory-efficient: any type, a mask, but no grouped heads. Math:
 * everything.
 *
 * @param best the card's; one with a flash kernel has the memory-efficient one, too
 * @see PyTorch 2.13, aten/src/ATen/native/transformers/cuda/sdp_utils.cpp, `can_use_flash_attention`, `can_use_mem_efficient_attention`
 */
export const sdpaKernel = (best: SdpaKernel, { dtype, isMasked, isGrouped }: AskedOfKernel): SdpaKernel => {
  if (best === "flash" && dtype !== "fp32" && !isMasked) return "flash";
  return best === "math" || isGrouped ? "math" : "efficient";
};

/**
 * Why it is not known in which order a GPU asks its allocator for what: a rule of thumb has no order; host memory takes a part; GPUs divide the model itself;
 * DeepSpeed's stage 3 gathers ahead of the modules that it has seen run.
 */
export type UnknownOrderReason = "rule-of-thumb" | "host-memory" | "divided-model" | "zero3";

/** null where the order follows from the scenario's tape, unless formats of weights, gradients or states stand against it. */
export const unknownOrderReason = ({
  accounting,
  offload,
  division,
  sharding,
}: Scenario): UnknownOrderReason | null => {
  if (accounting === "bytes-per-parameter") return "rule-of-thumb";
  if (offload !== "none") return "host-memory";
  if (division !== undefined) return "divided-model";
  return sharding === "zero3" ? "zero3" : null;
};

import type { Element } from "#calc/base/element.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";

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

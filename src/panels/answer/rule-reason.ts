import type { GpuFacts } from "#catalog/gpu-row.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";

type Vendor = GpuFacts["vendor"];

/** Whose cards have PyTorch's caching allocator, in CUDA or ROCm. */
const REPLAYED: readonly Vendor[] = ["NVIDIA", "AMD"];

/**
 * Why the figures of a method go by the rule, in a sentence; null where PyTorch's allocator was replayed.
 *
 * @param vendor whose card it is; undefined: a card of the reader's own, which is taken as one with CUDA
 */
export const ruleReason = ({ scenario, estimate }: MethodAnswer, vendor: Vendor = "NVIDIA"): string | null => {
  if (estimate.basis === "replay") return null;
  if (scenario.accounting === "bytes-per-parameter") return "A rule of thumb has no run that could be replayed.";
  if (scenario.gpus > 1) return "PyTorch’s allocator is replayed for one GPU only.";
  if (scenario.offload !== "none") return "PyTorch’s allocator is not replayed where parts are kept in host memory.";
  return REPLAYED.includes(vendor)
    ? "PyTorch’s allocator is not replayed with these formats of weights, gradients or states, or a step of so many tensors."
    : "PyTorch’s allocator is replayed for CUDA and ROCm, which this card has not.";
};

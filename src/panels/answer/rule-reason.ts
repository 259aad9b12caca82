import type { AnswerGpu, MethodAnswer } from "#scenario/choices/answer.ts";

/** Why the figures of a method on a card go by the rule, in a sentence; null where PyTorch's allocator was replayed. */
export const ruleReason = ({ scenario, estimate }: MethodAnswer, { traits }: AnswerGpu): string | null => {
  if (estimate.basis === "replay") return null;
  if (scenario.accounting === "bytes-per-parameter") return "A rule of thumb has no run that could be replayed.";
  if (scenario.offload !== "none") return "PyTorch’s allocator is not replayed where parts are kept in host memory.";
  if (scenario.division !== undefined) return "PyTorch’s allocator is not replayed where GPUs divide the model itself.";
  if (scenario.sharding.startsWith("zero"))
    return "PyTorch’s allocator is not replayed with DeepSpeed, whose allocations are not known in order.";
  return traits.cachingAllocator
    ? "PyTorch’s allocator is not replayed with these formats of weights, gradients or states, or a step of so many tensors."
    : "PyTorch’s allocator is replayed for CUDA and ROCm, which this card has not.";
};

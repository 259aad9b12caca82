import type { AccuracyMetric } from "#catalog/accuracy.ts";

/** How a metric differs from what the bar shows: what must fit on the card. */
export const MEASURED_METRICS: Readonly<Record<AccuracyMetric, string>> = {
  allocated: "Allocated is what tensors take; the bar has the allocator’s gaps and the CUDA context too.",
  active: "Active is what blocks in use take; the bar has the allocator’s gaps and the CUDA context too.",
  reserved:
    "Reserved is what PyTorch keeps, without the CUDA context: more than it needs while there is room, which it gives back before it fails. The bar is what it needs.",
  "nvidia-smi":
    "nvidia-smi shows the CUDA context and what PyTorch keeps: more than it needs while there is room, which it gives back before it fails. The bar is what it needs.",
  "not named":
    "Its source does not say which metric that is; it is compared with what nvidia-smi shows. The bar is what the run needs.",
};

import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";

/** What is predicted of a row's own metrics. */
export type PredictedOfRow = Readonly<{
  /** `max_memory_allocated()` of the run after loading: the highest of the moments that follow it. */
  peakBytes: number;
  reservedBytes: number;
  /** Beside the allocator: the CUDA context, and NCCL's buffers. */
  contextBytes: number;
}>;

/** What an estimate says of the metrics that a row measures: of the peak that comes after loading. */
export const predictedOfRow = (estimate: MemoryEstimate): PredictedOfRow => {
  const after = estimate.moments.filter(({ id }) => id !== "load").map(({ peakBytes }) => peakBytes);
  return {
    peakBytes: after.length === 0 ? estimate.peakBytes : Math.max(...after),
    reservedBytes: estimate.reservedBytes,
    contextBytes: estimate.onCardBytes - estimate.neededBytes,
  };
};

/** What is seen on a card of a measured run: what PyTorch holds, and the CUDA context. null where one of them was not measured. */
export const seenOfRow = ({
  reservedBytes,
  contextBytes,
}: Readonly<{ reservedBytes: number | null; contextBytes: number | null }>): number | null =>
  reservedBytes === null || contextBytes === null ? null : reservedBytes + contextBytes;

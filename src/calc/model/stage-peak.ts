import type { Bytes } from "#calc/base/quantity.ts";

/** One stage of a pipeline: its layers, from the first to before the last, the micro batches that it keeps at once, and its peak. */
export type StagePeak = Readonly<{
  from: number;
  to: number;
  isFirst: boolean;
  isLast: boolean;
  inFlight: number;
  peakBytes: Bytes;
}>;

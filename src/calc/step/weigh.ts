import type { RecordedMaximum, RecordedSegment, SparseCounts } from "./recording.ts";

const dot = (counts: SparseCounts, sizes: Float64Array): number => {
  let total = 0;
  for (let index = 0; index < counts.length; index += 2)
    total += (counts[index + 1] as number) * (sizes[counts[index] as number] as number);
  return total;
};

/** The bytes that a segment adds: `delta` by its end, `top` at its highest point. `top` is −∞ where it allocates nothing. */
export type Weight = Readonly<{ delta: number; top: number; highest: RecordedMaximum | null }>;

const weigh = ({ delta, maxima }: RecordedSegment, sizes: Float64Array): Weight => {
  let top = Number.NEGATIVE_INFINITY;
  let highest: RecordedMaximum | null = null;
  for (const maximum of maxima) {
    const bytes = dot(maximum.counts, sizes);
    if (bytes <= top) continue;
    top = bytes;
    highest = maximum;
  }
  return { delta: dot(delta, sizes), top, highest };
};

/** Weighs segments with the bytes of each size; each segment is weighed once. */
export const weighing = (sizes: Float64Array): ((segment: RecordedSegment) => Weight) => {
  const known: (Weight | undefined)[] = [];
  return (segment) => (known[segment.index] ??= weigh(segment, sizes));
};

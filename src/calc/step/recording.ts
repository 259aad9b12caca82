import type { Segment } from "#calc/tape/ledger/ledger.ts";

/** Counts by size without the zeros, which most are: size, count, size, count ... Three of size 5 and one of size 8: 5, 3, 8, 1. */
export type SparseCounts = readonly number[];

/** A local maximum of a segment, which may be its highest at some batch and length: after which entry of the log, and the counts beyond those at its start. */
export type RecordedMaximum = Readonly<{ at: number; counts: SparseCounts }>;

/** A segment of a run, with the counts that it adds by its end, and its local maxima. */
export type RecordedSegment = Pick<Segment, "index" | "pass" | "phase" | "microStep" | "layer" | "from" | "to"> &
  Readonly<{ delta: SparseCounts; maxima: readonly RecordedMaximum[] }>;

const sparse = (counts: readonly number[]): SparseCounts => {
  const found: number[] = [];
  for (let size = 0; size < counts.length; size++) {
    const count = counts[size] as number;
    if (count !== 0) found.push(size, count);
  }
  return found;
};

/** Copies from a segment what a compiled step needs: not its storages, of which thousands of runs would fill the memory while a slider moves. */
export const recorded = ({ delta, maxima, ...key }: Segment): RecordedSegment => ({
  ...key,
  delta: sparse(delta),
  maxima: maxima.map(({ at, counts }) => ({ at, counts: sparse(counts) })),
});

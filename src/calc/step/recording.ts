import type { Segment } from "#calc/tape/ledger/ledger.ts";

/** How many storages of which sizes: a size, how many of it, the next size, and so on. Of most sizes a maximum has none. */
export type SparseCounts = readonly number[];

/** A local maximum of a segment: after which entry of the log, and what is alive then beyond the segment's start. */
export type RecordedMaximum = Readonly<{ at: number; counts: SparseCounts }>;

/** A segment of a run, with what it adds and its maxima. */
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

/** Keeps what a compiled step needs of a segment: not its storages, which thousands of runs while a slider moves would pile up. */
export const recorded = ({ delta, maxima, ...key }: Segment): RecordedSegment => ({
  ...key,
  delta: sparse(delta),
  maxima: maxima.map(({ at, counts }) => ({ at, counts: sparse(counts) })),
});

import type { Counts } from "#calc/tape/ledger/size-table.ts";
import type { Program } from "./program.ts";
import type { RecordedMaximum, RecordedSegment, SparseCounts } from "./recording.ts";

/**
 * A point of a program: after `stretch` whole stretches, after `layers` layers of the next one, at a maximum of the layer that runs then. `maximum` null:
 * between two layers.
 */
export type ProgramPoint = Readonly<{ stretch: number; layers: number; maximum: RecordedMaximum | null }>;

/** The point after so many stretches. */
export const pointAfter = (stretch: number): ProgramPoint => ({ stretch, layers: 0, maximum: null });

/** Adds counts to a sum, `times` times. */
const addTo = (sum: number[], counts: SparseCounts, times: number): void => {
  for (let index = 0; index < counts.length; index += 2) {
    const size = counts[index] as number;
    while (sum.length <= size) sum.push(0);
    sum[size] = (sum[size] as number) + times * (counts[index + 1] as number);
  }
};

/**
 * How many storages of each size are alive at a point of a program. It goes on from the last point that it was asked for, so that asking in the order of
 * the program is fastest.
 */
export const countsAlong = ({ stretches }: Program<RecordedSegment>): ((point: ProgramPoint) => Counts) => {
  let passed = 0;
  let sum: number[] = [];
  return ({ stretch, layers, maximum }) => {
    if (stretch < passed) {
      passed = 0;
      sum = [];
    }
    for (; passed < stretch; passed++) {
      const each = stretches[passed];
      if (each !== undefined) addTo(sum, each.segment.delta, each.times);
    }
    const counts = [...sum];
    const next = stretches[stretch];
    if (next !== undefined) addTo(counts, next.segment.delta, layers * Math.sign(next.times));
    if (maximum !== null) addTo(counts, maximum.counts, 1);
    return counts;
  };
};

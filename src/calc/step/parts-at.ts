import type { Counts } from "#calc/tape/size-table.ts";
import type { Component } from "#calc/model/component.ts";
import { perComponent } from "#calc/model/component.ts";
import type { SizeTable } from "#calc/tape/size-table.ts";
import type { CompiledStep, Stretch } from "./compiled-step.ts";
import type { Place } from "./evaluate-step.ts";
import type { SparseCounts } from "./recording.ts";

/** Adds counts to a sum, so many times. */
export const addTo = (sum: number[], counts: SparseCounts, times: number): void => {
  for (let place = 0; place < counts.length; place += 2) {
    const size = counts[place] as number;
    while (sum.length <= size) sum.push(0);
    sum[size] = (sum[size] as number) + times * (counts[place + 1] as number);
  }
};

/** Adds up stretches until so many are left; how many are left then. */
const addStretches = (sum: number[], stretches: readonly Stretch[], left: number): number => {
  const end = Math.min(left, stretches.length);
  for (let place = 0; place < end; place++) {
    const { segment, times } = stretches[place] as Stretch;
    addTo(sum, segment.delta, times);
  }
  return left - end;
};

/** How many storages of each size are alive at a place of the run. */
export const countsAt = ({ loaded, batch, before, microSteps }: CompiledStep, place: Place): number[] => {
  const sum: number[] = [];
  let left = place.stretch;
  for (const stretches of [loaded, [batch], before]) left = addStretches(sum, stretches, left);
  for (const { forward, backward } of microSteps) left = addStretches(sum, backward, addStretches(sum, forward, left));
  if (place.within !== null) {
    const { segment, layers, moment } = place.within;
    addTo(sum, segment.delta, layers);
    addTo(sum, moment.counts, 1);
  }
  return sum;
};

/** Bytes of such counts, by component, with the bytes of each size. */
export const bytesOf = (
  { components }: SizeTable,
  counts: Counts,
  sizes: Float64Array,
): Readonly<Record<Component, number>> => {
  const bytes = perComponent(() => 0);
  for (let size = 0; size < counts.length; size++) {
    const component = components[size] as Component;
    bytes[component] += (counts[size] as number) * (sizes[size] as number);
  }
  return bytes;
};

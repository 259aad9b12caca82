import type { Component } from "#calc/tape/component.ts";
import { COMPONENTS, perComponent } from "#calc/tape/component.ts";
import type { Counts, Segment } from "#calc/tape/ledger.ts";
import type { CompiledStep, Stretch } from "./compile-step.ts";
import type { Place } from "./evaluate-step.ts";
import type { Recording } from "./recording.ts";

/** How many storages of each size, by component. */
export type ComponentCounts = Readonly<Record<Component, Counts>>;

/** A sum of counts under way. */
export type Sums = Record<Component, number[]>;

const noCounts = (): Sums => perComponent(() => []);

const count = (counts: number[], size: number, blocks: number): void => {
  while (counts.length <= size) counts.push(0);
  counts[size] = (counts[size] as number) + blocks;
};

/** What a segment adds up to an entry of the log, by component. */
export const replay = ({ components, sizes, blocks }: Recording, from: number, to: number): ComponentCounts => {
  const counts = noCounts();
  for (let index = from; index < to; index++) {
    const component = components[index] as Component;
    count(counts[component], sizes[index] ?? 0, blocks[index] ?? 0);
  }
  return counts;
};

const DELTAS = new WeakMap<Segment, ComponentCounts>();

/** What a whole segment adds, by component; remembered. */
export const deltaOf = (ledger: Recording, segment: Segment): ComponentCounts => {
  const known = DELTAS.get(segment);
  if (known !== undefined) return known;
  const delta = replay(ledger, segment.from, segment.to);
  DELTAS.set(segment, delta);
  return delta;
};

/** Adds counts to a sum, so many times. */
export const addTo = (sum: Sums, counts: ComponentCounts, times: number): void => {
  for (const component of COMPONENTS)
    counts[component].forEach((blocks, size) => count(sum[component], size, times * blocks));
};

/** All stretches of a run in order. */
const inOrder = ({ loaded, batch, before, microSteps }: CompiledStep): readonly Stretch[] => [
  ...loaded,
  batch,
  ...before,
  ...microSteps.flatMap(({ forward, backward }) => [...forward, ...backward]),
];

/** What is alive at a place of the run: how many storages of each size, by component. */
export const partsAt = (compiled: CompiledStep, place: Place): Sums => {
  const { ledger } = compiled;
  const sum = noCounts();
  const stretches = inOrder(compiled);
  for (const { segment, times } of stretches.slice(0, place.stretch)) addTo(sum, deltaOf(ledger, segment), times);
  if (place.segment !== null) {
    addTo(sum, deltaOf(ledger, place.segment), place.layers);
    addTo(sum, replay(ledger, place.segment.from, place.at), 1);
  }
  return sum;
};

/** Bytes of such counts, with the bytes of each size. */
export const bytesOf = (counts: Counts, sizes: Float64Array): number => {
  let total = 0;
  for (let size = 0; size < counts.length; size++) total += (counts[size] ?? 0) * (sizes[size] ?? 0);
  return total;
};

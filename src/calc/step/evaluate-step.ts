import { allocated } from "#calc/allocation.ts";
import type { Ledger } from "#calc/tape/ledger.ts";
import type { CompiledStep, Stretch } from "./compile-step.ts";

/** Batch and length that a compiled step is asked for. */
export type Point = Readonly<{ micro_batch_size: number; sequence_length: number }>;

/** Bytes of each size of the ledger's table at a point, rounded as the allocator does. */
export const sizesAt = ({ growths, factors }: Ledger, { micro_batch_size: b, sequence_length: s }: Point): Float64Array => {
  const monomials = [1, s, s * s, b, b * s, b * s * s, b * (s + 1), b * s * (s + 1)];
  const sizes = new Float64Array(factors.length);
  for (let id = 0; id < sizes.length; id++) sizes[id] = allocated((factors[id] ?? 0) * (monomials[growths[id] ?? 0] ?? 0));
  return sizes;
};

const dot = (counts: Float64Array, sizes: Float64Array): number => {
  let total = 0;
  const length = Math.min(counts.length, sizes.length);
  for (let id = 0; id < length; id++) total += (counts[id] ?? 0) * (sizes[id] ?? 0);
  return total;
};

type Walk = { live: number; peak: number };

const walk = (state: Walk, stretches: readonly Stretch[], sizes: Float64Array): void => {
  for (const { segment, times } of stretches) {
    const delta = dot(segment.delta, sizes);
    // What a stretch of equal layers adds is linear in the layers before: the highest is at one of its ends.
    const highest = Math.max(state.live, state.live + (times - 1) * delta);
    for (const moment of segment.moments) state.peak = Math.max(state.peak, highest + dot(moment.counts, sizes));
    state.live += times * delta;
  }
};

export type StepMoment = Readonly<{ moment: string; liveBytes: number; peakBytes: number }>;

/** Live and highest bytes of each moment of the second step. */
export const evaluateStep = (compiled: CompiledStep, point: Point): Readonly<{ loadedBytes: number; moments: readonly StepMoment[] }> => {
  const sizes = sizesAt(compiled.ledger, point);
  const state: Walk = { live: 0, peak: 0 };
  walk(state, compiled.loaded, sizes);
  const loadedBytes = state.live;
  walk(state, [{ segment: compiled.batch, times: 1 }], sizes);
  const moments: StepMoment[] = [];
  const mark = (moment: string): void => {
    moments.push({ moment, liveBytes: state.live, peakBytes: state.peak });
    state.peak = state.live;
  };
  state.peak = state.live;
  for (const { forward, backward } of compiled.microSteps) {
    walk(state, forward, sizes);
    mark("forward");
    walk(state, backward, sizes);
    mark("backward");
  }
  return { loadedBytes, moments };
};

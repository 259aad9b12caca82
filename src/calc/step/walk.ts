// Walk through a compiled step at a batch and length: bytes of each moment, highest points, layers.

import {
  type RecordedMaximum,
  type RecordedSegment,
  type SparseCounts,
  countsAlong,
  type ProgramPoint,
  pointAfter,
  lastMicroStepStart,
  lastMicroStep,
  type LayerRun,
  layersOfStretch,
  type Span,
  type Program,
  type Stretch,
  type CompiledStep,
} from "./program.ts";
import { plus } from "#calc/base/formula.ts";
import { type AllocatedTermId, type PerTerm, perTerm } from "#calc/model/terms.ts";
import type { MomentOf } from "#calc/model/memory-estimate.ts";
import { bytesOf, polynomialAmounts, type NameWidth } from "./formulas.ts";
import { type TermAmounts, totalBytesOf } from "./holdings.ts";
import { type BatchShape, sizesAt } from "./batch-shape.ts";

const dot = (counts: SparseCounts, sizes: Float64Array): number => {
  let total = 0;
  for (let index = 0; index < counts.length; index += 2)
    total += (counts[index + 1] as number) * (sizes[counts[index] as number] as number);
  return total;
};

/** The bytes that a segment adds: `delta` by its end, `top` at its highest point. `top` is −∞ where it allocates nothing. */
type Weight = Readonly<{ delta: number; top: number; highest: RecordedMaximum | null }>;

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
const weighing = (sizes: Float64Array): ((segment: RecordedSegment) => Weight) => {
  const known: (Weight | undefined)[] = [];
  return (segment) => (known[segment.index] ??= weigh(segment, sizes));
};

/** A point of a program, and the bytes that are alive there. */
type Height = Readonly<{ bytes: number; point: ProgramPoint }>;

/** The moments of all micro steps, in order: what is alive at the end of each, and at its highest point. */
type Moments = readonly (MomentOf<Height> & Readonly<{ microStep: number }>)[];

/** A layer of the model in one phase: the point where it is highest (null where it allocates nothing), and the point where it ends. */
export type WalkedLayer = LayerRun<RecordedSegment> & Readonly<{ highest: ProgramPoint | null; end: ProgramPoint }>;

/** A compiled step at a batch and a length. */
type Walk = Readonly<{
  moments: Moments;
  /** The moments of the last micro step. */
  lastMoments: readonly MomentOf<Height>[];
  /** The point after the model is loaded, and the point where the last micro step begins. */
  loaded: ProgramPoint;
  begin: ProgramPoint;
  /** The last micro step layer by layer. */
  layers: () => readonly WalkedLayer[];
  /** The bytes of each term at a point; the same with formulas. */
  bytesAt: (point: ProgramPoint) => PerTerm<number>;
  amountsAt: (point: ProgramPoint, nameWidth: NameWidth) => TermAmounts;
}>;

type WeightOf = (segment: RecordedSegment) => Weight;

/** The bytes alive now, and the most since the last moment. */
type Climb = { live: number; peak: Height };

/** Walks through one span of a program. */
const goThrough = (
  climb: Climb,
  { stretches }: Program<RecordedSegment>,
  { from, to, weightOf }: Pick<Span, "from" | "to"> & Readonly<{ weightOf: WeightOf }>,
): void => {
  for (let stretch = from; stretch < to; stretch++) {
    const { segment, times } = stretches[stretch] as Stretch<RecordedSegment>;
    const { delta, top, highest } = weightOf(segment);
    // Each layer of a stretch adds `delta` bytes, so the highest layer is the last one where `delta` is above 0, else the first.
    const layers = delta > 0 ? times - 1 : 0;
    const bytes = climb.live + layers * delta + top;
    // A stretch that only frees (`times` below 0) is never the highest.
    if (times > 0 && bytes > climb.peak.bytes && highest !== null)
      climb.peak = { bytes, point: { stretch, layers, maximum: highest } };
    climb.live += times * delta;
  }
};

/** The moments of all micro steps, and the bytes that are loaded, both as the tape counts them. */
const momentsOf = (
  program: Program<RecordedSegment>,
  weightOf: WeightOf,
): Readonly<{ loadedBytes: number; moments: Moments }> => {
  const climb: Climb = { live: 0, peak: { bytes: 0, point: pointAfter(0) } };
  const moments: Moments[number][] = [];
  let loadedBytes = 0;
  for (const { moment, microStep, from, to } of program.spans) {
    goThrough(climb, program, { from, to, weightOf });
    const live = { bytes: climb.live, point: pointAfter(to) };
    if (moment === "load") loadedBytes = live.bytes;
    else if (moment !== null) moments.push({ id: moment, microStep, live, peak: climb.peak });
    climb.peak = live;
  }
  return { loadedBytes, moments };
};

/** The last micro step of a program, layer by layer. Layers that only free (`sign` −1) have no highest point. */
const lastLayers = (program: Program<RecordedSegment>, weightOf: WeightOf): readonly WalkedLayer[] => {
  const begin = lastMicroStepStart(program);
  return program.stretches.slice(begin).flatMap((each, index) => {
    const { highest } = each.times < 0 ? { highest: null } : weightOf(each.segment);
    const stretch = begin + index;
    return layersOfStretch(each).map((run, layers) => ({
      ...run,
      highest: highest && { stretch, layers, maximum: highest },
      end: { stretch, layers: layers + 1, maximum: null },
    }));
  });
};

/** Terms that the tape loads and keeps through the step. Where `standing` has them in their own formats, the tape's are left out. */
const isLoaded = (term: AllocatedTermId): boolean => term === "weights" || term === "adapters";

/**
 * Walks through a compiled step at a batch and a length. Moments, peak, timeline and the terms at a point are all read from this.
 *
 * @param standing what is alive all through the step beside the tape, by term. Its weights and adapters, in their own formats, replace those that the tape
 *   loads. null: the tape alone.
 */
export const walk = (compiled: CompiledStep, standing: TermAmounts | null, batch: BatchShape): Walk => {
  const { program, chunkTokens } = compiled;
  const sizes = sizesAt(compiled.sizes, batch, chunkTokens);
  const weightOf = weighing(sizes);
  const { loadedBytes, moments: onTape } = momentsOf(program, weightOf);
  const besideBytes = standing === null ? 0 : totalBytesOf(standing) - loadedBytes;
  // Gradients in a type of their own (`gradientShare`) need not be a whole number of bytes.
  const inAll = ({ bytes, point }: Height): Height => ({ bytes: Math.ceil(besideBytes + bytes), point });
  const moments = onTape.map(({ live, peak, ...moment }) => ({ ...moment, live: inAll(live), peak: inAll(peak) }));
  const countsAt = countsAlong(program);
  return {
    moments,
    lastMoments: moments.slice(-lastMicroStep(program).length),
    loaded: pointAfter(program.spans[0]?.to ?? 0),
    begin: pointAfter(lastMicroStepStart(program)),
    layers: () => lastLayers(program, weightOf),
    bytesAt: (point) => {
      const counted = bytesOf(compiled.sizes, countsAt(point), sizes);
      return perTerm((id) => {
        if (standing === null) return counted[id];
        return standing[id].bytes + (isLoaded(id) ? 0 : Math.ceil(counted[id]));
      });
    },
    amountsAt: (point, nameWidth) => {
      const at = { batch, sizes, chunk: chunkTokens(batch), nameWidth };
      const counted = polynomialAmounts(compiled.sizes, countsAt(point), at);
      return perTerm((id) => {
        if (standing === null) return counted(id);
        return isLoaded(id) ? standing[id] : plus(standing[id], counted(id));
      });
    },
  };
};

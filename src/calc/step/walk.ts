import { plus } from "#calc/base/formula/amount.ts";
import { type AllocatedTermId, type PerTerm, perTerm } from "#calc/model/term.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import { bytesOf } from "./bytes-of.ts";
import type { CompiledStep } from "./compiled-step.ts";
import { type TermAmounts, totalBytesOf } from "./term-amounts.ts";
import { countsAlong, type Place, placeAfter } from "./place.ts";
import { polynomialAmounts } from "./polynomial-formula.ts";
import { beginOf, lastMicroStep, type LayerRun, eachLayer, type Span, type Program, type Stretch } from "./program.ts";
import type { RecordedSegment } from "./recording.ts";
import { type Point, sizesAt } from "./sizes-at.ts";
import { type Weight, weighing } from "./weigh.ts";

/** A moment of a micro step: bytes at its end, and the highest, with the places of both. */
export type WalkedMoment = Readonly<{
  id: MomentId;
  microStep: number;
  liveBytes: number;
  peakBytes: number;
  live: Place;
  peak: Place;
}>;

/** A layer of the model in one phase: the place where it is highest, null where it allocates nothing, and the place where it ends. */
export type WalkedLayer = LayerRun<RecordedSegment> & Readonly<{ highest: Place | null; end: Place }>;

/** A step at a batch and a length. */
export type Walk = Readonly<{
  /** The moments of each micro step, in order; those of the last alone. */
  moments: readonly WalkedMoment[];
  lastMoments: readonly WalkedMoment[];
  /** Where the model is loaded, and where the last micro step begins. */
  loaded: Place;
  begin: Place;
  /** The last micro step layer by layer. */
  layers: () => readonly WalkedLayer[];
  /** What is there at a place, in bytes; the same with formulas. */
  bytesAt: (place: Place) => PerTerm<number>;
  amountsAt: (place: Place) => TermAmounts;
}>;

type WeightOf = (segment: RecordedSegment) => Weight;

/** How high a walk stands, and how high it has been since the last moment. */
type Height = { live: number; peak: number; place: Place };

/** Walks through one span of a program. */
const climb = (
  height: Height,
  { stretches }: Program<RecordedSegment>,
  { from, to, weightOf }: Pick<Span, "from" | "to"> & Readonly<{ weightOf: WeightOf }>,
): void => {
  for (let stretch = from; stretch < to; stretch++) {
    const { segment, times } = stretches[stretch] as Stretch<RecordedSegment>;
    const { delta, top, highest } = weightOf(segment);
    // What a stretch of equal layers adds to is linear in the layers before: the highest is at one of its ends.
    const layers = delta > 0 ? times - 1 : 0;
    const bytes = height.live + layers * delta + top;
    // What only goes (`times` below 0) has no height of its own.
    if (times > 0 && bytes > height.peak && highest !== null) {
      height.peak = bytes;
      height.place = { stretch, layers, moment: highest };
    }
    height.live += times * delta;
  }
};

/** The moments of all micro steps as the tape has them, and the bytes of what it has loaded. */
const momentsOf = (
  program: Program<RecordedSegment>,
  weightOf: WeightOf,
): Readonly<{ loadedBytes: number; moments: readonly WalkedMoment[] }> => {
  const height: Height = { live: 0, peak: 0, place: placeAfter(0) };
  const moments: WalkedMoment[] = [];
  let loadedBytes = 0;
  for (const { moment, microStep, from, to } of program.spans) {
    climb(height, program, { from, to, weightOf });
    const { live: liveBytes, peak: peakBytes, place: peak } = height;
    const live = placeAfter(to);
    if (moment === "load") loadedBytes = liveBytes;
    else if (moment !== null) moments.push({ id: moment, microStep, liveBytes, peakBytes, live, peak });
    height.peak = liveBytes;
    height.place = live;
  }
  return { loadedBytes, moments };
};

/** The last micro step of a program layer by layer; what only goes (`sign` −1) has no height of its own. */
const lastLayers = (program: Program<RecordedSegment>, weightOf: WeightOf): readonly WalkedLayer[] => {
  const begin = beginOf(program);
  return program.stretches.slice(begin).flatMap((each, index) => {
    const { highest } = each.times < 0 ? { highest: null } : weightOf(each.segment);
    const stretch = begin + index;
    return eachLayer(each).map((run, layers) => ({
      ...run,
      highest: highest && { stretch, layers, moment: highest },
      end: { stretch, layers: layers + 1, moment: null },
    }));
  });
};

/** What a run loads, and keeps through the step: where it is told by itself, the tape's own is left out. */
const isLoaded = (term: AllocatedTermId): boolean => term === "weights" || term === "adapters";

/**
 * Walks through a compiled step at a batch and a length. Moments, peak, timeline and what is counted at a place are all read from this.
 *
 * @param standing what stands through the step beside what the tape makes, by term: weights and adapters in the formats that they are kept in, in the
 *   place of those that the tape computes with. null: as the tape has them, and nothing else.
 */
export const walk = (compiled: CompiledStep, standing: TermAmounts | null, point: Point): Walk => {
  const { program, chunkTokens } = compiled;
  const sizes = sizesAt(compiled.sizes, point, chunkTokens);
  const weightOf = weighing(sizes);
  const { loadedBytes, moments: onTape } = momentsOf(program, weightOf);
  const besideBytes = standing === null ? 0 : totalBytesOf(standing) - loadedBytes;
  // A gradient that is divided over ranks need not be a whole number of bytes.
  const inAll = (bytes: number): number => Math.ceil(besideBytes + bytes);
  const moments = onTape.map((moment) => ({
    ...moment,
    liveBytes: inAll(moment.liveBytes),
    peakBytes: inAll(moment.peakBytes),
  }));
  const countsAt = countsAlong(program);
  return {
    moments,
    lastMoments: moments.slice(-lastMicroStep(program).length),
    loaded: placeAfter(program.spans[0]?.to ?? 0),
    begin: placeAfter(beginOf(program)),
    layers: () => lastLayers(program, weightOf),
    bytesAt: (place) => {
      const counted = bytesOf(compiled.sizes, countsAt(place), sizes);
      return perTerm((id) => {
        if (standing === null) return counted[id];
        return standing[id].bytes + (isLoaded(id) ? 0 : Math.ceil(counted[id]));
      });
    },
    amountsAt: (place) => {
      const { micro_batch_size: b, sequence_length: s } = point;
      const at = { point, sizes, chunk: chunkTokens(b * s, b) };
      const counted = polynomialAmounts(compiled.sizes, countsAt(place), at);
      return perTerm((id) => {
        if (standing === null) return counted(id);
        return isLoaded(id) ? standing[id] : plus(standing[id], counted(id));
      });
    },
  };
};

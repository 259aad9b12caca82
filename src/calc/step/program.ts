// A compiled step as a program: recorded segments in the order of the model's layers, and counts along them.

import type { Counts, SizeTable } from "#calc/tape/ledger/size-table.ts";
import type { StepOptions } from "#calc/model/step-options.ts";
import { assert } from "#calc/base/guards.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Pass } from "#calc/modules/objectives/objective.ts";
import type { Phase, Segment } from "#calc/tape/ledger/ledger.ts";
import type { ChunkTokens } from "./batch-shape.ts";

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

/**
 * A micro step that runs before those that are reported. It leaves what an earlier micro batch keeps: one that waits for later stages of a pipeline, or the
 * step before whose graph LitGPT's loop still holds.
 */
export const EARLIER_MICRO_STEP = -1;

/**
 * How many micro steps differ. The second has the first one's gradients beside it, and later ones repeat the second. LitGPT's loop may run the longest sample
 * first: later ones are shorter, and only the first counts.
 */
export const microStepsOf = ({
  loss,
  gradient_accumulation_steps,
}: Pick<StepOptions, "loss" | "gradient_accumulation_steps">): number =>
  loss.kind === "litgpt" && loss.longestFirst ? 1 : Math.min(2, gradient_accumulation_steps);

/**
 * Whether the last micro step that runs is the last of the step. It is not where a stage runs its first micro batch alone: in the state `first`, and in
 * `filled` where all micro batches are in flight before the first backward.
 */
export const runsLastMicroStep = ({ stage, gradient_accumulation_steps: run }: StepOptions): boolean =>
  (stage?.microBatches ?? run) === run;

/** The fields that tell segments apart. */
export type Keyed = Pick<Segment, "pass" | "phase" | "microStep" | "layer">;

/**
 * A segment that `times` layers of the model in a row run. `layer` is the one that runs first; forward goes on to the next, backward to the one before. Layer
 * −1 is what comes before the layers, the number of layers what comes after them. `times` below 0: so many layers free what they kept.
 */
export type Stretch<Of extends Keyed> = Readonly<{ segment: Of; layer: number; times: number }>;

/**
 * The stretches from `from` to before `to`, which run up to a moment of a step. `moment` null: they lead to no moment of their own. These are the loading of
 * the batch, and the micro steps before those that are reported (`BEFORE`).
 */
export type Span = Readonly<{ moment: MomentId | null; microStep: number; from: number; to: number }>;

/** A step in the order in which a model runs it. */
export type Program<Of extends Keyed> = Readonly<{
  stretches: readonly Stretch<Of>[];
  spans: readonly Span[];
  /** How many layers the model has, or the stage that is run. */
  layers: number;
}>;

/** The segments of a run, how many layers were run, and which of them stands for each layer of the model. */
type LayersRun<Of extends Keyed> = Readonly<{ segments: readonly Of[]; ran: number; stands: readonly number[] }>;

/** A layer of the run, and the layers of the model in a row that it stands for: the first, and how many. */
type Row = { readonly ran: number; readonly layer: number; times: number };

/** The layers of the run in the model's order, between −1 (before the layers) and `ran` (after them). `stands` of 0, 1, 1, 1, 2 makes three rows of these. */
const rowsOf = ({ stands, ran }: Pick<LayersRun<Keyed>, "stands" | "ran">): readonly Row[] => {
  const rows: Row[] = [];
  [-1, ...stands, ran].forEach((each, index) => {
    const last = rows.at(-1);
    if (last?.ran === each) last.times++;
    else rows.push({ ran: each, layer: index - 1, times: 1 });
  });
  return rows;
};

/** A pass (null while the model is loaded), one of its phases, and the micro step. */
type Key = readonly [pass: PassId | null, phase: Phase, microStep: number];

/** The stretches of a key, in the order in which the model runs them. */
type StretchesOf<Of extends Keyed> = (...key: Key) => readonly Stretch<Of>[];

const stretchesOf = <Of extends Keyed>(run: LayersRun<Of>): StretchesOf<Of> => {
  const rows = rowsOf(run);
  const lastFirst = rows.map((row) => ({ ...row, layer: row.layer + row.times - 1 })).toReversed();
  const nameOf = (...key: Key): string => key.join(" ");
  const byKey = new Map<string, Map<number, Of>>();
  for (const segment of run.segments) {
    const name = nameOf(segment.pass, segment.phase, segment.microStep);
    const byLayer = byKey.get(name) ?? new Map<number, Of>();
    assert(!byLayer.has(segment.layer), `layer ${segment.layer} is entered once: ${name}`);
    byLayer.set(segment.layer, segment);
    byKey.set(name, byLayer);
  }
  return (...key) => {
    const byLayer = byKey.get(nameOf(...key));
    return (key[1] === "backward" ? lastFirst : rows).flatMap(({ ran, layer, times }) => {
      const segment = byLayer?.get(ran);
      return segment === undefined ? [] : [{ segment, layer, times }];
    });
  };
};

/** The same layers, freeing what they kept. */
const freed = <Of extends Keyed>({ segment, layer, times }: Stretch<Of>): Stretch<Of> => ({
  segment,
  layer,
  times: -times,
});

/** The stretches of a micro step: each pass in turn, with the moment that it ends in; backward, from the last pass to the first; what follows backward. */
type MicroStep<Of extends Keyed> = Readonly<{
  passes: readonly (readonly [moment: MomentId | null, stretches: readonly Stretch<Of>[]])[];
  backward: readonly Stretch<Of>[];
  finish: readonly Stretch<Of>[];
}>;

const microStepOf = <Of extends Keyed>(
  stretches: StretchesOf<Of>,
  passes: readonly Pick<Pass, "id" | "moment">[],
  microStep: number,
): MicroStep<Of> => ({
  passes: passes.map(({ id, moment }) => [
    moment,
    (["forward", "turn", "release"] as const).flatMap((phase) => stretches(id, phase, microStep)),
  ]),
  backward: passes.toReversed().flatMap(({ id }) => stretches(id, "backward", microStep)),
  finish: passes.flatMap(({ id }) => stretches(id, "finish", microStep)),
});

/**
 * Puts the segments of a run into the order in which a model runs them: loading of the model, then of the batch; the micro steps before those that are
 * reported; of each of these the passes of the objective, and backward.
 */
export const programOf = <Of extends Keyed>(
  run: LayersRun<Of>,
  options: StepOptions,
  passes: readonly Pick<Pass, "id" | "moment">[],
): Program<Of> => {
  const stretches: Stretch<Of>[] = [];
  const spans: Span[] = [];
  const add = (moment: Span["moment"], microStep: number, added: readonly Stretch<Of>[]): void => {
    spans.push({ moment, microStep, from: stretches.length, to: stretches.length + added.length });
    stretches.push(...added);
  };
  const ofKey = stretchesOf(run);
  const loading = ofKey(null, "load", 0);
  const batch = loading.findIndex(({ segment }) => segment.layer === run.ran);
  assert(batch >= 0, "the batch is loaded");
  add("load", 0, loading.slice(0, batch));
  add(null, 0, loading.slice(batch));
  const earlier = microStepOf(ofKey, passes, EARLIER_MICRO_STEP);
  const once = [...earlier.passes.flatMap(([, each]) => each), ...earlier.backward, ...earlier.finish];
  // A stage has `inFlight` micro batches at once, the one that runs among them. Elsewhere once: the step that a loop still holds, if there is one.
  const before = Array.from({ length: (options.stage?.inFlight ?? 2) - 1 }, () => once).flat();
  add(null, EARLIER_MICRO_STEP, before);
  const count = microStepsOf(options);
  for (let microStep = 0; microStep < count; microStep++) {
    const { passes: ran, backward, finish } = microStepOf(ofKey, passes, microStep);
    let waiting: readonly Stretch<Of>[] = [];
    for (const [moment, added] of ran) {
      waiting = [...waiting, ...added];
      if (moment === null) continue;
      add(moment, microStep, waiting);
      waiting = [];
    }
    // When the last micro batch of a stage has had its backward, all that waited have had theirs. What they kept is freed before what follows backward.
    const haveAllGone = options.stage !== undefined && runsLastMicroStep(options) && microStep === count - 1;
    add("backward", microStep, [...backward, ...(haveAllGone ? before.map(freed) : []), ...finish]);
  }
  return { stretches, spans, layers: run.stands.length };
};

/** A segment as a layer of the model runs it. `sign` −1: what it kept is freed. */
export type LayerRun<Of extends Keyed> = Readonly<{ segment: Of; layer: number; sign: 1 | -1 }>;

/** The layers of a stretch, in the order in which they run. */
export const layersOfStretch = <Of extends Keyed>({ segment, layer, times }: Stretch<Of>): readonly LayerRun<Of>[] => {
  const next = segment.phase === "backward" ? -1 : 1;
  const sign = times < 0 ? -1 : 1;
  return Array.from({ length: Math.abs(times) }, (_, index) => ({ segment, layer: layer + index * next, sign }));
};

/** The parts of the last micro step that end in moments. */
export const lastMicroStep = ({ spans }: Pick<Program<Keyed>, "spans">): readonly Span[] => {
  const last = spans.at(-1)?.microStep;
  return spans.filter(({ moment, microStep }) => microStep === last && moment !== null && moment !== "load");
};

/** The index of the stretch with which the last micro step begins. */
export const lastMicroStepStart = (program: Pick<Program<Keyed>, "spans">): number =>
  lastMicroStep(program)[0]?.from ?? 0;

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
export const recordedSegment = ({ delta, maxima, ...key }: Segment): RecordedSegment => ({
  ...key,
  delta: sparse(delta),
  maxima: maxima.map(({ at, counts }) => ({ at, counts: sparse(counts) })),
});

/** A step that was run on paper, for any batch and length. */
export type CompiledStep = Readonly<{
  program: Program<RecordedSegment>;
  /** The table of sizes that the counts of its segments are in. */
  sizes: SizeTable;
  chunkTokens: ChunkTokens;
  /** Blocks of the model's buffers. */
  bufferBlocks: number;
  /** The host memory of the same step; null where no activations are offloaded. */
  host: CompiledStep | null;
}>;

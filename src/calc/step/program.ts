import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Phase, Segment } from "#calc/tape/ledger.ts";
import { BEFORE, microStepsOf, runsToEnd } from "./micro-steps.ts";

/** What tells where a segment belongs. */
export type Keyed = Pick<Segment, "phase" | "microStep" | "layer">;

/**
 * A segment, and how many layers of the model in a row run as it does: from `layer` on, in backward from there towards the first. −1 is what comes before
 * the layers, their number what comes after. `times` below 0: what so many layers left behind goes.
 */
export type Stretch<Of extends Keyed> = Readonly<{ segment: Of; layer: number; times: number }>;

/** What runs up to a moment of a step: stretches `from` up to `to`. `before` is what leads up to the first micro step that counts. */
export type Part = Readonly<{
  id: "load" | "batch" | "before" | "forward" | "backward";
  microStep: number;
  from: number;
  to: number;
}>;

/** A step in the order in which a model runs it. */
export type Program<Of extends Keyed> = Readonly<{
  stretches: readonly Stretch<Of>[];
  parts: readonly Part[];
  /** Layers of the model, or of the stage that is run. */
  layers: number;
}>;

/** A run of some layers: its segments, how many layers were run, and which of them stands for each layer of the model. */
export type LayersRun<Of extends Keyed> = Readonly<{ segments: readonly Of[]; ran: number; stands: readonly number[] }>;

/** A layer of the run, the first layer of the model that it stands for, and how many in a row. */
type Row = { readonly ran: number; readonly layer: number; times: number };

/** The layers of the run in the model's order, with what comes before them and after: 0, 1, 1, 1, 2 are five layers in three rows. */
const rowsOf = ({ stands, ran }: Pick<LayersRun<Keyed>, "stands" | "ran">): readonly Row[] => {
  const rows: Row[] = [];
  [-1, ...stands, ran].forEach((each, index) => {
    const last = rows.at(-1);
    if (last?.ran === each) last.times++;
    else rows.push({ ran: each, layer: index - 1, times: 1 });
  });
  return rows;
};

/** The segments of a phase of a micro step, as often as the model runs them. */
type StretchesOf<Of extends Keyed> = (phase: Phase, microStep: number) => readonly Stretch<Of>[];

const stretchesOf = <Of extends Keyed>(run: LayersRun<Of>): StretchesOf<Of> => {
  const rows = rowsOf(run);
  const lastFirst = rows.map((row) => ({ ...row, layer: row.layer + row.times - 1 })).toReversed();
  return (phase, microStep) => {
    const byLayer = new Map<number, Of>();
    for (const segment of run.segments)
      if (segment.phase === phase && segment.microStep === microStep) byLayer.set(segment.layer, segment);
    return (phase === "backward" ? lastFirst : rows).flatMap(({ ran, layer, times }) => {
      const segment = byLayer.get(ran);
      return segment === undefined ? [] : [{ segment, layer, times }];
    });
  };
};

const gone = <Of extends Keyed>({ segment, layer, times }: Stretch<Of>): Stretch<Of> => ({
  segment,
  layer,
  times: -times,
});

/**
 * Puts the segments of a run into the order in which a model runs them: it is loaded, then its batch; what leads up to the micro steps that count; forward
 * and backward of each of these.
 */
export const programOf = <Of extends Keyed>(run: LayersRun<Of>, options: StepOptions): Program<Of> => {
  const stretches: Stretch<Of>[] = [];
  const parts: Part[] = [];
  const add = (id: Part["id"], microStep: number, added: readonly Stretch<Of>[]): void => {
    parts.push({ id, microStep, from: stretches.length, to: stretches.length + added.length });
    stretches.push(...added);
  };
  const ofPhase = stretchesOf(run);
  const forward = (microStep: number): readonly Stretch<Of>[] =>
    (["forward", "turn", "release"] as const).flatMap((phase) => ofPhase(phase, microStep));
  const isBatch = ({ segment }: Stretch<Of>): boolean => segment.layer === run.ran;
  const loading = ofPhase("load", 0);
  add(
    "load",
    0,
    loading.filter((each) => !isBatch(each)),
  );
  add("batch", 0, loading.filter(isBatch));
  const ahead = [...forward(BEFORE), ...ofPhase("backward", BEFORE), ...ofPhase("finish", BEFORE)];
  // One step of a loop; or as many micro batches as wait for later stages of a pipeline.
  const before = Array.from({ length: (options.stage?.inFlight ?? 2) - 1 }, () => ahead).flat();
  add("before", BEFORE, before);
  const count = microStepsOf(options);
  for (let microStep = 0; microStep < count; microStep++) {
    add("forward", microStep, forward(microStep));
    // Micro batches that waited have had their backward when the last one has, and what follows follows them all.
    const haveGone = options.stage !== undefined && runsToEnd(options) && microStep === count - 1;
    add("backward", microStep, [
      ...ofPhase("backward", microStep),
      ...(haveGone ? before.map(gone) : []),
      ...ofPhase("finish", microStep),
    ]);
  }
  return { stretches, parts, layers: run.stands.length };
};

/** A segment as a layer of the model runs it; `sign` −1: what it left behind goes. */
export type LayerRun<Of extends Keyed> = Readonly<{ segment: Of; layer: number; sign: 1 | -1 }>;

/** A stretch layer by layer, in the order in which they run. */
export const layersOf = <Of extends Keyed>({ segment, layer, times }: Stretch<Of>): readonly LayerRun<Of>[] => {
  const next = segment.phase === "backward" ? -1 : 1;
  const sign = times < 0 ? -1 : 1;
  return Array.from({ length: Math.abs(times) }, (_, index) => ({ segment, layer: layer + index * next, sign }));
};

/** Before which stretch the last micro step begins. */
export const beginOf = ({ parts }: Pick<Program<Keyed>, "parts">): number =>
  parts.findLast(({ id }) => id === "forward")?.from ?? 0;

// Timeline of a step point by point, its moments as simulated, and whether an architecture can run.

import type { Architecture } from "#calc/model/architecture.ts";
import { baseTensors, trainedTensors } from "#calc/parameters/parameter-tensors.ts";
import { compileStep } from "./compile-step.ts";
import type { Workings } from "./workings.ts";
import { type Machine, CUDA } from "#calc/base/machine.ts";
import { type Bytes, bytes, sum } from "#calc/base/bytes.ts";
import type { Moment } from "#calc/model/memory-estimate.ts";
import { optimizerStates, optimizerTemporaries, optimizerOf } from "#calc/optimizers/optimizer.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { type PerTerm, perTerm, totalOf } from "#calc/model/terms.ts";
import { stepInputOf } from "./gpu-holdings.ts";
import { stepOptionsOf } from "./step-options.ts";
import { walk, type WalkedLayer } from "./walk.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { runsLastMicroStep, type ProgramPoint } from "./program.ts";
import { assert } from "#calc/base/guards.ts";
import type { TimelinePoint } from "#calc/model/timeline.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Phase } from "#calc/tape/ledger/ledger.ts";
import { standingTerms } from "./holdings.ts";

/**
 * Whether the modelling code of its type can run an architecture. Fields that are each valid may still make no model together: a hybrid whose list of
 * layers has another length, a mixture of experts without a number of experts (its sizes are NaN), Mamba without a number of heads (its weights are empty),
 * or one of more parameters than can be counted.
 */
export const isRunnable = (workings: Workings, architecture: Architecture): boolean => {
  try {
    const layout = workings.families.layoutOf(architecture);
    const tensors = baseTensors(layout);
    const parameters = tensors.reduce((sum, { elements, count }) => sum + elements * count, 0);
    const isFull = tensors.every(({ elements }) => elements > 0) && Number.isSafeInteger(parameters);
    const { sizes } = compileStep(workings, {
      architecture,
      modelling: "transformers",
      objective: "sft",
      method: { kind: "full" },
      weights: "bf16",
      adapters: "bf16",
      autocast: null,
      gradient_checkpointing: false,
      checkpointsOffloaded: false,
      gradient_accumulation_steps: 1,
      attn_implementation: "eager",
      loss: { kind: "full", transformers: "5", outputsKept: false },
      singleRow: false,
      singleChunk: false,
      paddedChunk: false,
      gradientShare: 1,
      updatesInBackward: null,
      fakeTensors: false,
      ranks: null,
    });
    return isFull && sizes.factors.every(Number.isFinite);
  } catch {
    return false;
  }
};

/** On one GPU alone nothing is divided. */
const wholeBytes = (terms: PerTerm<number>): PerTerm<Bytes> => perTerm((id) => bytes(terms[id]));

/**
 * The second step of a run on one GPU, moment by moment: load, forward and backward of each micro step that differs, the optimizer's step, `zero_grad`. The
 * bytes are those that PyTorch's allocator holds, without the scratch memory of kernels, for every model that `families/` knows.
 */
export const simulateStep = (workings: Workings, scenario: Scenario, machine: Machine = CUDA): readonly Moment[] => {
  const { base, adapters } = stepInputOf(workings, scenario, machine);
  const trained = trainedTensors(scenario, scenario.method.kind === "full" ? base : adapters);
  const compiled = workings.compiledStep(stepOptionsOf(workings, scenario, machine));
  const { moments, loaded, bytesAt } = walk(compiled, null, scenario);
  const known = optimizerOf(workings.optimizers, scenario.optim);
  const optimizer = optimizerStates(known, { scenario, machine }, trained).bytes;
  const temporaries = optimizerTemporaries(known, trained).bytes;

  const simulated = moments.map(({ id, live, peak }): Moment => ({
    id,
    liveBytes: bytes(live.bytes + optimizer),
    peakBytes: bytes(peak.bytes + optimizer),
    terms: wholeBytes({ ...bytesAt(peak.point), optimizer }),
  }));
  const last = moments.at(-1);
  if (last === undefined) return [];
  const after = wholeBytes({ ...bytesAt(last.live.point), optimizer });
  const liveBytes = bytes(last.live.bytes + optimizer);
  const atLoad = wholeBytes(bytesAt(loaded));
  const loadedBytes = sum(Object.values(atLoad));
  return [
    { id: "load", liveBytes: loadedBytes, peakBytes: loadedBytes, terms: atLoad },
    ...simulated,
    {
      id: "step",
      liveBytes,
      peakBytes: bytes(liveBytes + temporaries),
      terms: { ...after, workspace: bytes(after.workspace + temporaries) },
    },
    { id: "zero", liveBytes: bytes(liveBytes - after.gradients), peakBytes: liveBytes, terms: after },
  ];
};

/** What a reader of a step's points has to know of the step. */
export type StepFrame = Readonly<{
  /** How many layers the model has, or the stage that runs the step. */
  layers: number;
  /** Which micro batch of the step the points are of. */
  microBatch: "first" | "last";
}>;

export const stepFrame = ({ compiled, options }: ExplainedStep): StepFrame => ({
  layers: compiled.program.layers,
  microBatch: runsLastMicroStep(options) ? "last" : "first",
});

/** Adds a highest point, or replaces the last one where it is lower and of the same layer: a layer has one. */
const addHighest = (points: TimelinePoint[], point: TimelinePoint): void => {
  const last = points.at(-1);
  const isSame =
    last?.at === "highest" && last.phase === point.phase && last.pass === point.pass && last.layer === point.layer;
  if (!isSame) points.push(point);
  else if (point.bytes > last.bytes) points[points.length - 1] = point;
};

/** The phase, pass and layer that a segment's points are drawn at. */
type DrawnAt = Readonly<{ phase: "forward" | "backward" | "finish"; pass: PassId | null; layer: number }>;

/**
 * Removes the end that was drawn last where what runs next is of the same layer: what comes after the layers goes on with the loss, once autocast's copies are freed and
 * through passes that a run leaves out; and its backward with that of the pass before.
 *
 * @returns that end; null: nothing goes on
 */
const takeUp = (points: TimelinePoint[], { phase, layer }: DrawnAt): TimelinePoint | null => {
  const last = points.at(-1);
  return last?.at === "end" && last.phase === phase && last.layer === layer ? (points.pop() ?? null) : null;
};

/**
 * Where a segment's points are drawn. A `turn` segment, in which LitGPT's loop frees one layer of the step before, interrupts what runs after the layers. It is
 * drawn as a part of that, so the end that was drawn last is removed.
 */
const drawnAt = (
  points: TimelinePoint[],
  { layer, segment: { pass, phase } }: WalkedLayer,
  layers: number,
): DrawnAt => {
  // Backward begins with the loss, though a teacher's forward may have made it, which goes through no layer of the model.
  if (phase === "backward" && points.at(-1)?.phase === "forward") return { phase, pass, layer: layers };
  const interrupted = phase === "turn" ? points.pop() : undefined;
  if (interrupted !== undefined) return { phase: "forward", pass, layer: interrupted.layer };
  return { phase: phase === "backward" || phase === "finish" ? phase : "forward", pass, layer };
};

/**
 * Phases whose segments have an end on the timeline. Not `release`, which frees autocast's copies of weights after the loss, and `finish`, which follows
 * backward: both go through the layers once more.
 */
const HAS_END: Readonly<Partial<Record<Phase, true>>> = { forward: true, turn: true, backward: true };

type PointOf = (at: Omit<TimelinePoint, "terms" | "bytes">, point: ProgramPoint) => TimelinePoint;

/** Adds the points of one run of a layer, of which there have been so many. */
const addRun = (
  points: TimelinePoint[],
  run: WalkedLayer,
  of: Readonly<{ pointOf: PointOf; runs: number; at: DrawnAt }>,
): void => {
  const { segment, highest, end } = run;
  const { pointOf, runs } = of;
  const maximum = highest?.maximum ?? null;
  const takenUp = maximum === null ? null : takeUp(points, of.at);
  const at = takenUp === null ? of.at : { ...of.at, pass: takenUp.pass };
  if (highest && maximum !== null)
    addHighest(
      points,
      pointOf({ ...at, at: "highest", onTape: { runs, entries: maximum.at - segment.from } }, highest),
    );
  if (HAS_END[segment.phase] || takenUp !== null)
    points.push(pointOf({ ...at, at: "end", onTape: { runs: runs + 1, entries: 0 } }, end));
};

/** The points of the last micro step, from the tape: its beginning, then the highest point and the end of each layer. */
const tapePoints = ({ compiled, holdings, scenario }: ExplainedStep): readonly TimelinePoint[] => {
  const { begin: start, layers, bytesAt } = walk(compiled, standingTerms(compiled, holdings), scenario);
  const count = compiled.program.layers;
  const points: TimelinePoint[] = [];
  const pointOf: PointOf = (at, point) => {
    const terms = bytesAt(point);
    return { ...at, terms, bytes: totalOf(terms) };
  };
  points.push(pointOf({ phase: "start", pass: null, layer: -1, at: "end", onTape: { runs: 0, entries: 0 } }, start));
  for (const [runs, run] of layers().entries()) {
    if (run.sign < 0) continue;
    const at = drawnAt(points, run, count);
    // A pass that a run leaves out, before all layers, has nothing to show.
    if (points.length > 1 || at.layer < count) addRun(points, run, { pointOf, runs, at });
  }
  return points;
};

const momentPoint = ({ estimate }: ExplainedStep, id: "step" | "zero"): TimelinePoint => {
  const moment = estimate.moments.find((each) => each.id === id);
  assert(moment !== undefined, `an estimate has the moment ${id}`);
  const { terms, peakBytes: bytes } = moment;
  return { phase: id, pass: null, layer: -1, at: "highest", terms, bytes, onTape: null };
};

/**
 * The second step of a run on one GPU, from the beginning of forward to the end of `zero_grad`: for each layer of forward and backward the bytes allocated at
 * its highest point and at its end; then the optimizer's step, and the freeing of gradients. With gradient accumulation, forward and backward are those of the
 * last micro step.
 */
export const stepTimeline = (step: ExplainedStep): readonly TimelinePoint[] => {
  const zero = momentPoint(step, "zero");
  const after = { ...zero.terms, gradients: 0 };
  return [
    ...tapePoints(step),
    momentPoint(step, "step"),
    { ...zero, phase: "step", at: "end" },
    { ...zero, at: "end", terms: after, bytes: totalOf(after) },
  ];
};

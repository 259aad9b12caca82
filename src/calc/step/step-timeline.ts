import { assert } from "#calc/base/assert.ts";
import { totalOf } from "#calc/model/term.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import type { PassId } from "#calc/model/objective.ts";
import type { Phase } from "#calc/tape/ledger/ledger.ts";
import type { ExplainedStep } from "./explained-step.ts";
import type { ProgramPoint } from "./program-point.ts";
import { standingTerms } from "./standing-terms.ts";
import { walk, type WalkedLayer } from "./walk.ts";

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

import type { Counts } from "#calc/tape/size-table.ts";
import type { Phase } from "#calc/tape/ledger.ts";
import { BLOCK_BYTES } from "#calc/base/allocation.ts";
import { assert } from "#calc/base/assert.ts";
import { sizesAt, weigh } from "./evaluate-step.ts";
import type { ExplainedStep } from "./explained-step.ts";
import { addTo, bytesOf, countsAt } from "./parts-at.ts";
import { COMPONENTS } from "#calc/model/component.ts";
import type { TimelinePoint } from "#calc/model/timeline-point.ts";
import { microStepInOrder } from "./segments-in-order.ts";

const totalOf = (parts: TimelinePoint["parts"]): number => COMPONENTS.reduce((total, id) => total + parts[id], 0);

/** What is allocated when the last micro step begins. */
const countsAtStart = ({ compiled }: ExplainedStep): number[] => {
  const earlier = compiled.microSteps.slice(0, -1).flatMap(({ forward, backward }) => [...forward, ...backward]);
  const stretch = compiled.loaded.length + 1 + compiled.before.length + earlier.length;
  return countsAt(compiled, { stretch, within: null });
};

/** A layer has one highest point. */
const addHighest = (points: TimelinePoint[], point: TimelinePoint): void => {
  const last = points.at(-1);
  const isSame = last?.at === "highest" && last.phase === point.phase && last.layer === point.layer;
  if (!isSame) points.push(point);
  else if (point.bytes > last.bytes) points[points.length - 1] = point;
};

/** Where a segment is drawn, and how many entries of the log came before it there. */
type Begun = Readonly<{ phase: "forward" | "backward" | "finish"; layer: number; before: number }>;

/** What a loop held of the step before goes layer by layer in the middle of what is after the layers, which goes on from its end. */
const begin = (points: TimelinePoint[], layer: number, phase: Phase): Begun => {
  const begun = phase === "turn" ? points.pop() : undefined;
  if (begun !== undefined) return { phase: "forward", layer: begun.layer, before: begun.entries };
  return { phase: phase === "backward" || phase === "finish" ? phase : "forward", layer, before: 0 };
};

/** Autocast's copies of weights are let go of layer by layer, after the loss; so is what hooks held during backward. */
const HAS_END: Readonly<Partial<Record<Phase, true>>> = { forward: true, turn: true, backward: true };

/** Points of the tape's part of the step: the beginning, then highest point and end of each segment of the last micro step. */
const tapePoints = (step: ExplainedStep): readonly TimelinePoint[] => {
  const { compiled, holdings, scenario } = step;
  const { ledger, bufferBlocks } = compiled;
  const sizes = sizesAt(ledger, scenario, compiled.chunkTokens);
  const standing = holdings.cublas.bytes + holdings.buffers.bytes + bufferBlocks * BLOCK_BYTES;
  const running = countsAtStart(step);
  const points: TimelinePoint[] = [];
  const pointOf = (place: Omit<TimelinePoint, "parts" | "bytes">, counts: Counts): TimelinePoint => {
    const onTape = bytesOf(ledger, counts, sizes);
    const parts = {
      weights: holdings.weights.bytes,
      adapters: holdings.adapters.bytes,
      optimizer: holdings.optimizer.bytes,
      gradients: holdings.gradients.bytes + Math.ceil(onTape.gradients),
      activations: Math.ceil(onTape.activations),
      logits: Math.ceil(onTape.logits),
      workspace: standing + Math.ceil(onTape.workspace),
    };
    return { ...place, parts, bytes: totalOf(parts) };
  };
  points.push(pointOf({ phase: "start", layer: -1, at: "end", entries: 0 }, running));
  const run = { segments: ledger.segments, ran: compiled.batch.segment.layer, stands: compiled.stands };
  let gone = compiled.microSteps.at(-1)?.backward.filter(({ times }) => times < 0) ?? [];
  for (const { layer, segment } of microStepInOrder(run, compiled.microSteps.length - 1)) {
    if (segment.phase === "finish") {
      for (const each of gone) addTo(running, each.segment.delta, each.times);
      gone = [];
    }
    const { highest } = weigh(segment, sizes);
    const { before, ...place } = begin(points, layer, segment.phase);
    if (highest !== null) {
      const counts = [...running];
      addTo(counts, highest.counts, 1);
      addHighest(points, pointOf({ ...place, at: "highest", entries: before + highest.at - segment.from }, counts));
    }
    addTo(running, segment.delta, 1);
    if (HAS_END[segment.phase])
      points.push(pointOf({ ...place, at: "end", entries: before + segment.to - segment.from }, running));
  }
  return points;
};

const momentPoint = ({ estimate }: ExplainedStep, id: "step" | "zero"): TimelinePoint => {
  const moment = estimate.moments.find((each) => each.id === id);
  assert(moment !== undefined, `an estimate has the moment ${id}`);
  const { parts, peakBytes: bytes } = moment;
  return { phase: id, layer: -1, at: "highest", parts, bytes, entries: 0 };
};

/**
 * The second step of a run from the beginning of forward to the end of `zero_grad`, on one GPU: for each layer of forward and backward what is
 * allocated at its highest point and at its end; then the optimizer's step, and the gradients let go. With gradient accumulation, forward and
 * backward are those of the last micro step.
 */
export const stepTimeline = (step: ExplainedStep): readonly TimelinePoint[] => {
  const zero = momentPoint(step, "zero");
  const after = { ...zero.parts, gradients: 0 };
  return [
    ...tapePoints(step),
    momentPoint(step, "step"),
    { ...zero, phase: "step", at: "end" },
    { ...zero, at: "end", parts: after, bytes: totalOf(after) },
  ];
};

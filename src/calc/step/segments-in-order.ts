import type { Phase, Segment } from "#calc/tape/ledger.ts";

/** A segment of a run as a model goes through it: a run layer's once for each layer of the model that it stands for. */
export type ModelSegment = Readonly<{ layer: number; segment: Segment }>;

/** A run whose segments are wanted: how many layers ran, and which stands for each layer of the model. */
export type RunSegments = Readonly<{ segments: readonly Segment[]; ran: number; stands: readonly number[] }>;

const ofPhase = ({ segments, ran, stands }: RunSegments, phase: Phase, microStep: number): readonly ModelSegment[] => {
  const byLayer = new Map<number, Segment>();
  for (const segment of segments)
    if (segment.phase === phase && segment.microStep === microStep) byLayer.set(segment.layer, segment);
  return [-1, ...stands, ran].flatMap((place, index) => {
    const segment = byLayer.get(place);
    return segment === undefined ? [] : [{ layer: index - 1, segment }];
  });
};

/** Segments of loading, in the order of the model's layers (−1 before the first, their number after the last: the batch). */
export const loadingInOrder = (run: RunSegments): readonly ModelSegment[] => ofPhase(run, "load", 0);

/** Segments of forward and backward of a micro step, as the model runs them. */
export const microStepInOrder = (run: RunSegments, microStep: number): readonly ModelSegment[] => [
  ...ofPhase(run, "forward", microStep),
  ...ofPhase(run, "turn", microStep),
  ...ofPhase(run, "release", microStep),
  ...ofPhase(run, "backward", microStep).toReversed(),
  ...ofPhase(run, "finish", microStep),
];

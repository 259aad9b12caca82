import type { Phase, Segment } from "#calc/tape/ledger.ts";

/** What tells where a segment belongs. */
type Placed = Pick<Segment, "phase" | "microStep" | "layer">;

/** A segment of a run as a model goes through it: a run layer's once for each layer of the model that it stands for. */
export type ModelSegment<Of extends Placed = Segment> = Readonly<{ layer: number; segment: Of }>;

/** A run whose segments are wanted: how many layers ran, and which stands for each layer of the model. */
export type RunSegments<Of> = Readonly<{ segments: readonly Of[]; ran: number; stands: readonly number[] }>;

const ofPhase = <Of extends Placed>(
  { segments, ran, stands }: RunSegments<Of>,
  phase: Phase,
  microStep: number,
): readonly ModelSegment<Of>[] => {
  const byLayer = new Map<number, Of>();
  for (const segment of segments)
    if (segment.phase === phase && segment.microStep === microStep) byLayer.set(segment.layer, segment);
  return [-1, ...stands, ran].flatMap((place, index) => {
    const segment = byLayer.get(place);
    return segment === undefined ? [] : [{ layer: index - 1, segment }];
  });
};

/** Segments of loading, in the order of the model's layers (−1 before the first, their number after the last: the batch). */
export const loadingInOrder = <Of extends Placed>(run: RunSegments<Of>): readonly ModelSegment<Of>[] =>
  ofPhase(run, "load", 0);

/** Segments of forward and backward of a micro step, as the model runs them. */
export const microStepInOrder = <Of extends Placed>(
  run: RunSegments<Of>,
  microStep: number,
): readonly ModelSegment<Of>[] => [
  ...ofPhase(run, "forward", microStep),
  ...ofPhase(run, "turn", microStep),
  ...ofPhase(run, "release", microStep),
  ...ofPhase(run, "backward", microStep).toReversed(),
  ...ofPhase(run, "finish", microStep),
];

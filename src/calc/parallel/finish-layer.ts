import { beginSegment } from "#calc/tape/ledger/segments.ts";
import type { Tape } from "#calc/tape/tape.ts";

/** What follows the last node of backward belongs to a layer from here on, and goes as often as the model has that layer (−1: it is no layer's). */
export const finishLayer = ({ recorder, position }: Tape, layer: number): void =>
  beginSegment(recorder.ledger, { ...position, phase: "finish", layer });

// Segments of the ledger, one for each layer and phase: begin, end, repeat, and release what a layer left.

import { copyOfMaximum, keepMaximum, countBlocks } from "./ledger/maxima.ts";
import type { Ledger, Segment, Storage } from "./ledger/ledger.ts";
import { moveTo } from "./run-state.ts";
import type { Tape } from "./tape.ts";

/** Ends the segment that runs, if any, and begins the next. */
export const beginSegment = (ledger: Ledger, next: Pick<Segment, "pass" | "phase" | "microStep" | "layer">): void => {
  endSegment(ledger);
  const index = ledger.segments.length;
  const { pass, phase, microStep, layer } = next;
  const from = ledger.entries;
  ledger.segments.push({ index, pass, phase, microStep, layer, from, to: -1, maxima: [], delta: [] });
};

/** Ends the segment that runs. */
export const endSegment = (ledger: Ledger): void => {
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined || segment.to >= 0) return;
  if (ledger.rising) keepMaximum(ledger);
  segment.to = ledger.entries;
  segment.delta = ledger.relative;
  ledger.relative = [];
  ledger.samples = [0, 0, 0, 0];
};

/**
 * Repeats the entries of another segment, up to entry `until`, in the segment that has just begun, with all maxima of the other: none may
 * lie after `until`. The other's `delta` counts all its entries at once, so those from `until` on are taken off.
 */
export const repeatSegment = (ledger: Ledger, other: Segment, until: number): void => {
  const { log, signs, sizes, segments } = ledger;
  const { from, maxima } = segments[segments.length - 1] as Segment;
  for (const maximum of other.maxima) maxima.push(copyOfMaximum(maximum, maximum.at - other.from + from));
  for (let size = 0; size < other.delta.length; size++) countBlocks(ledger, size, other.delta[size] as number);
  for (let index = until; index < other.to; index++)
    countBlocks(ledger, sizes[index] as number, -(signs[index] as number) * (log[index] as Storage).blocks);
  ledger.entries += until - other.from;
};

/** Repeats one entry of the log in the running segment. The log itself stays as it is. */
export const repeatEntry = (ledger: Ledger, index: number): void => {
  const { log, signs, sizes } = ledger;
  const storage = log[index] as Storage;
  const sign = signs[index] as 1 | -1;
  // `becomeGradient` logs −1 and +1 of one storage in a row: nothing is freed, so there is no local maximum.
  const becomesGradient = sign < 0 && log[index + 1] === storage;
  if (sign < 0 && !becomesGradient && ledger.rising) keepMaximum(ledger);
  countBlocks(ledger, sizes[index] as number, sign * storage.blocks);
  ledger.entries++;
  if (sign > 0) ledger.rising = true;
};

/**
 * Enters a layer: a segment begins in the ledgers of card and host. `layer`: −1 is what comes before the layers. `pass`: the running one,
 * unless another is named.
 */
export const enterLayer = (tape: Tape, layer: number, pass = tape.position.pass): void => {
  const { position, recorder, hooks, layers } = tape;
  if (layers.apart) return;
  moveTo(position, { pass, layer });
  beginSegment(recorder.ledger, position);
  const host = hooks.activations?.host ?? null;
  if (host !== null) beginSegment(host, position);
};

const BEFORE_LAYERS = -1;

/**
 * Releases things that forward left in several layers, each in a segment of the layer that made it. Then the run is back in the layer where
 * it stood; after backward (`finish`) what follows is no layer's.
 */
export const releaseByLayer =
  (phase: "turn" | "release" | "finish") =>
  <T extends Readonly<{ layer: number }>>(tape: Tape, things: readonly T[], letGo: (thing: T) => void): void => {
    const { recorder, position } = tape;
    const enter = (layer: number): void => {
      const running = recorder.ledger.segments.at(-1);
      if (running?.phase !== phase || running.layer !== layer)
        beginSegment(recorder.ledger, { ...position, phase, layer });
    };
    for (const thing of things.toSorted((one, other) => one.layer - other.layer)) {
      enter(thing.layer);
      letGo(thing);
    }
    if (things.length > 0) enter(phase === "finish" ? BEFORE_LAYERS : position.layer);
  };

import { copyOfMaximum, keepMaximum, count } from "./keep-maximum.ts";
import type { Ledger, Segment, Storage } from "./ledger.ts";

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
export const goLike = (ledger: Ledger, other: Segment, until: number): void => {
  const { log, signs, sizes, segments } = ledger;
  const { from, maxima } = segments[segments.length - 1] as Segment;
  for (const maximum of other.maxima) maxima.push(copyOfMaximum(maximum, maximum.at - other.from + from));
  for (let size = 0; size < other.delta.length; size++) count(ledger, size, other.delta[size] as number);
  for (let index = until; index < other.to; index++)
    count(ledger, sizes[index] as number, -(signs[index] as number) * (log[index] as Storage).blocks);
  ledger.entries += until - other.from;
};

/** Repeats one entry of the log in the running segment. The log itself stays as it is. */
export const enterAgain = (ledger: Ledger, index: number): void => {
  const { log, signs, sizes } = ledger;
  const storage = log[index] as Storage;
  const sign = signs[index] as 1 | -1;
  // `becomeGradient` logs −1 and +1 of one storage in a row: nothing is freed, so there is no local maximum.
  const becomesGradient = sign < 0 && log[index + 1] === storage;
  if (sign < 0 && !becomesGradient && ledger.rising) keepMaximum(ledger);
  count(ledger, sizes[index] as number, sign * storage.blocks);
  ledger.entries++;
  if (sign > 0) ledger.rising = true;
};

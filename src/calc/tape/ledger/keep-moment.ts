import { isCovered } from "./covered.ts";
import type { Ledger, Moment } from "./ledger.ts";

/**
 * Whether `one` is never more bytes than `other`. The samples are compared first: where one of them is more, `isCovered` could only say no.
 */
const isWithin = (ledger: Ledger, one: Moment, other: Moment): boolean =>
  one.samples[0] <= other.samples[0] &&
  one.samples[1] <= other.samples[1] &&
  one.samples[2] <= other.samples[2] &&
  one.samples[3] <= other.samples[3] &&
  isCovered(ledger, one.counts, other.counts);

/** A copy of a moment, at another entry of the log. */
export const copyOfMoment = ({ counts, samples }: Moment, at: number): Moment => ({
  at,
  counts: [...counts],
  samples: [...samples],
});

/** Overwrites a moment that is no longer kept with another, instead of allocating one: most moments are outdone sooner or later. */
const retaken = (moment: Moment, { at, counts, samples }: Moment): Moment => {
  moment.at = at;
  for (let size = 0; size < counts.length; size++) moment.counts[size] = counts[size] as number;
  for (let point = 0; point < samples.length; point++) moment.samples[point] = samples[point] as number;
  return moment;
};

/**
 * Keeps the present state as a moment, unless one that is kept is as high for every batch and sequence. Moments that it outdoes are kept no
 * longer.
 */
export const keepMoment = (ledger: Ledger): void => {
  ledger.rising = false;
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined) return;
  const { moments } = segment;
  const { relative, samples } = ledger;
  const now = { at: ledger.entries, counts: relative, samples };
  for (let place = moments.length - 1; place >= 0; place--) if (isWithin(ledger, now, moments[place] as Moment)) return;
  let outdone: Moment | undefined;
  let kept = 0;
  for (let place = 0; place < moments.length; place++) {
    const moment = moments[place] as Moment;
    if (isWithin(ledger, moment, now)) outdone = moment;
    else moments[kept++] = moment;
  }
  while (moments.length > kept) moments.pop();
  moments.push(outdone === undefined ? copyOfMoment(now, now.at) : retaken(outdone, now));
};

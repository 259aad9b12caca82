import { isCovered } from "./covered.ts";
import type { Ledger, Moment } from "./ledger.ts";

/** Whether `one` is never more than `other`: first in every sample, as otherwise it is no use to compare them size by size. */
const isWithin = (ledger: Ledger, one: Moment, other: Moment): boolean =>
  one.samples[0] <= other.samples[0] &&
  one.samples[1] <= other.samples[1] &&
  one.samples[2] <= other.samples[2] &&
  one.samples[3] <= other.samples[3] &&
  isCovered(ledger, one.counts, other.counts);

/** The same moment after another entry. */
export const copyOfMoment = ({ counts, samples }: Moment, at: number): Moment => ({
  at,
  counts: [...counts],
  samples: [...samples],
});

/** A moment that is no longer kept becomes another: most of them are outdone sooner or later. */
const retaken = (moment: Moment, { at, counts, samples }: Moment): Moment => {
  moment.at = at;
  for (let size = 0; size < counts.length; size++) moment.counts[size] = counts[size] as number;
  for (let point = 0; point < samples.length; point++) moment.samples[point] = samples[point] as number;
  return moment;
};

/** Takes the present state as a moment, unless one that is kept is as high for every batch and sequence. */
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

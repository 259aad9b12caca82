import { isCovered } from "./covered.ts";
import type { Ledger, Maximum } from "./ledger.ts";

/** Whether `one` is never more than `other`: first in every sample, as otherwise it is no use to compare them size by size. */
const isWithin = (ledger: Ledger, one: Maximum, other: Maximum): boolean =>
  one.samples[0] <= other.samples[0] &&
  one.samples[1] <= other.samples[1] &&
  one.samples[2] <= other.samples[2] &&
  one.samples[3] <= other.samples[3] &&
  isCovered(ledger, one.counts, other.counts);

/** The same maximum after another entry. */
export const copyOfMaximum = ({ counts, samples }: Maximum, at: number): Maximum => ({
  at,
  counts: [...counts],
  samples: [...samples],
});

/** A maximum that is no longer kept becomes another: most of them are outdone sooner or later. */
const retaken = (maximum: Maximum, { at, counts, samples }: Maximum): Maximum => {
  maximum.at = at;
  for (let size = 0; size < counts.length; size++) maximum.counts[size] = counts[size] as number;
  for (let point = 0; point < samples.length; point++) maximum.samples[point] = samples[point] as number;
  return maximum;
};

/** Takes the present state as a maximum, unless one that is kept is as high for every batch and sequence. */
export const keepMaximum = (ledger: Ledger): void => {
  ledger.rising = false;
  const segment = ledger.segments[ledger.segments.length - 1];
  if (segment === undefined) return;
  const { maxima } = segment;
  const { relative, samples } = ledger;
  const now = { at: ledger.entries, counts: relative, samples };
  for (let index = maxima.length - 1; index >= 0; index--) if (isWithin(ledger, now, maxima[index] as Maximum)) return;
  let outdone: Maximum | undefined;
  let kept = 0;
  for (let index = 0; index < maxima.length; index++) {
    const maximum = maxima[index] as Maximum;
    if (isWithin(ledger, maximum, now)) outdone = maximum;
    else maxima[kept++] = maximum;
  }
  while (maxima.length > kept) maxima.pop();
  maxima.push(outdone === undefined ? copyOfMaximum(now, now.at) : retaken(outdone, now));
};

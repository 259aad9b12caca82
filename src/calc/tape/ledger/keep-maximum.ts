import { isCovered } from "./covered.ts";
import type { Ledger, Maximum } from "./ledger.ts";

/**
 * Whether `one` is never more bytes than `other`. The samples are compared first: where one of them is more, `isCovered` could only say no.
 */
const isWithin = (ledger: Ledger, one: Maximum, other: Maximum): boolean =>
  one.samples[0] <= other.samples[0] &&
  one.samples[1] <= other.samples[1] &&
  one.samples[2] <= other.samples[2] &&
  one.samples[3] <= other.samples[3] &&
  isCovered(ledger, one.counts, other.counts);

/** A copy of a maximum, at another entry of the log. */
export const copyOfMaximum = ({ counts, samples }: Maximum, at: number): Maximum => ({
  at,
  counts: [...counts],
  samples: [...samples],
});

/** Overwrites a maximum that is no longer kept with another, instead of allocating one: most maxima are outdone sooner or later. */
const retaken = (maximum: Maximum, { at, counts, samples }: Maximum): Maximum => {
  maximum.at = at;
  for (let size = 0; size < counts.length; size++) maximum.counts[size] = counts[size] as number;
  for (let point = 0; point < samples.length; point++) maximum.samples[point] = samples[point] as number;
  return maximum;
};

/**
 * Keeps the present state as a maximum, unless one that is kept is as high for every batch and sequence. Maxima that it outdoes are kept no
 * longer.
 */
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

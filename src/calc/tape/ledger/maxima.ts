// Local maxima of a segment: counted, compared for every batch and length, and kept unless outdone.

import { BLOCK_BYTES } from "#calc/base/bytes.ts";
import { CONSTANT, growthTimes, growthCount, growthOfNumber, MOST_GROWTHS, compensatingGrowths } from "./growth.ts";
import type { Counts, SizeTable, Samples } from "./size-table.ts";
import type { Ledger, Maximum, Storage } from "./ledger.ts";

/** How each size grows, and by which factor. */
type Sizes = Pick<SizeTable, "growths" | "factors">;

/** The most that rounding up to a block adds to one storage. */
const ROUNDING_BYTES = BLOCK_BYTES - 1;

/** For each growth, the coefficient of `other` minus that of `one`. Filled anew for every comparison. */
const difference = new Float64Array(MOST_GROWTHS);

/** As what the tensors of a growth grow that are rounded up: one, or one for each row. */
const roundedTensors = (growth: number): number => {
  const { alone } = growthOfNumber(growth);
  return alone === null ? CONSTANT : growthTimes(CONSTANT, alone);
};

/** Adds so many storages of a size to the difference: `other` has `more` of them than `one` (fewer if negative). */
const addMore = ({ growths, factors }: Sizes, size: number, more: number): void => {
  if (more === 0) return;
  const growth = growths[size] as number;
  difference[growth] = (difference[growth] as number) + more * (factors[size] as number);
  // The worst case: what `one` has more is rounded up by almost a block each, what `other` has more not at all.
  if (more >= 0 || growth === CONSTANT) return;
  const rounded = roundedTensors(growth);
  difference[rounded] = (difference[rounded] as number) + more * ROUNDING_BYTES;
};

const fillDifference = (sizes: Sizes, one: Counts, other: Counts): void => {
  const growths = growthCount();
  for (let growth = 0; growth < growths; growth++) difference[growth] = 0;
  const both = Math.min(one.length, other.length);
  for (let size = 0; size < both; size++) addMore(sizes, size, (other[size] as number) - (one[size] as number));
  for (let size = both; size < one.length; size++) addMore(sizes, size, -(one[size] as number));
  for (let size = both; size < other.length; size++) addMore(sizes, size, other[size] as number);
};

/** Whether what `other` lacks of a growth is made good by what it has to spare of larger ones, which is taken from them. */
const makeGood = (growth: number, larger: readonly number[]): boolean => {
  let lacking = -(difference[growth] as number);
  for (const source of larger) {
    if (lacking <= 0) return true;
    const spare = difference[source] as number;
    if (spare <= 0) continue;
    const taken = Math.min(spare, lacking);
    difference[source] = spare - taken;
    lacking -= taken;
  }
  return lacking <= 0;
};

const isAllMadeGood = (): boolean => {
  for (const { growth, larger } of compensatingGrowths())
    if ((difference[growth] as number) < 0 && !makeGood(growth, larger)) return false;
  return true;
};

/**
 * Whether `one` is never more bytes than `other`, for every batch and sequence, each storage rounded up to blocks. True is certain; false
 * may only mean that it was not found.
 * Example: `one` has a storage of 8,192·b·s bytes more, `other` has one of 65,536·b·s·s more. It is covered: of the 65,536, 8,192 make good
 * b·s, and 511 the rounding.
 * @internal
 */
export const isCovered = (sizes: Sizes, one: Counts, other: Counts): boolean => {
  fillDifference(sizes, one, other);
  const growths = growthCount();
  // Mostly `other` lacks nothing.
  for (let growth = 0; growth < growths; growth++) if ((difference[growth] as number) < 0) return isAllMadeGood();
  return true;
};

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

/** Counts so many blocks more (fewer if negative) of a size, at the sample points too. */
export const countBlocks = ({ relative, samples, sampleBytes }: Ledger, size: number, blocks: number): void => {
  while (relative.length <= size) relative.push(0);
  relative[size] = (relative[size] as number) + blocks;
  const bytes = sampleBytes[size] as Samples;
  samples[0] += blocks * bytes[0];
  samples[1] += blocks * bytes[1];
  samples[2] += blocks * bytes[2];
  samples[3] += blocks * bytes[3];
};

/** Logs and counts that a storage comes (+1) or goes (−1). */
export const logEntry = (ledger: Ledger, storage: Storage, sign: 1 | -1): void => {
  ledger.entries++;
  ledger.log.push(storage);
  ledger.signs.push(sign);
  ledger.sizes.push(storage.size);
  countBlocks(ledger, storage.size, sign * storage.blocks);
};

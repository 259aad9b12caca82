/**
 * Median and spread of measurements: the 5th and 95th percentile, nearest rank.
 *
 * @param {readonly number[]} values
 */
export const summarise = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  /** @param {number} fraction */
  const at = (fraction) => sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? Number.NaN;
  return { median: at(0.5), low: at(0.05), high: at(0.95), count: sorted.length };
};

/** @param {ReturnType<typeof summarise>} summary @param {number} [digits] */
export const inWords = ({ median, low, high }, digits = 1) =>
  `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

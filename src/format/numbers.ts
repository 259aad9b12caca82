// Numbers as text: counts, parameters, percentages and rounding.

/**
 * The nearest whole number, halves away from zero: 2.5 gives 3, -2.5 gives -3.
 *
 * `Math.round` takes -2.5 to -2, so that a saving and a lack of the same size would be printed differently.
 */
export const roundHalfUp = (value: number): number => {
  const size = Math.abs(value);
  const below = Math.floor(size);
  // Not floor(size + 0.5): that sum is itself rounded, and wrong for 0.49999999999999994 and for counts above 2^52.
  return Math.sign(value) * (size - below >= 0.5 ? below + 1 : below);
};

/** Keeps a number and what belongs to it on one line. */
export const NO_BREAK_SPACE = "\u00A0";
/** A text outside the page, where spaces may break. */
export const plainSpaces = (text: string): string => text.replaceAll(NO_BREAK_SPACE, " ");
/** The true minus, as wide as the plus; a hyphen is not. */
export const MINUS = "\u2212";
/** Stands where there is nothing to show. */
export const EN_DASH = "\u2013";

/** A count in full, with a comma every three digits: `4,096`. The same in every locale, because the page is in English. */
export const formatCount = (count: number): string => {
  if (!Number.isFinite(count)) return EN_DASH;
  const whole = roundHalfUp(count);
  const digits = Math.abs(whole)
    .toFixed(0)
    .replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
  return whole < 0 ? `${MINUS}${digits}` : digits;
};

const UNITS = [
  { size: 1e12, symbol: "T" },
  { size: 1e9, symbol: "B" },
  { size: 1e6, symbol: "M" },
  { size: 1e3, symbol: "K" },
] as const;

/** Up to this count the three digits are enough for the unit below it: 999.5 million is a billion already. */
const carryingOver = (size: number): number => size - size / 2000;

/**
 * A number of parameters in three significant digits with its unit: `8.03 B`, `41.9 M`, `671 B`. In full below a thousand.
 *
 * @param params whole number of parameters
 */
export const formatParams = (params: number): string => {
  const unit = UNITS.find(({ size }) => params >= carryingOver(size));
  if (unit === undefined) return formatCount(params);
  const hundredths = params / (unit.size / 100);
  // 8.03, 41.9, 671: a third digit where there is one, none beyond. From 9.995 on, the rounded number has two digits before the point.
  const decimals = hundredths < 999.5 ? 2 : hundredths < 9995 ? 1 : 0;
  const rounded = roundHalfUp(hundredths / 10 ** (2 - decimals)) / 10 ** decimals;
  const digits = decimals === 0 ? formatCount(rounded) : rounded.toFixed(decimals);
  return `${digits}${NO_BREAK_SPACE}${unit.symbol}`;
};

/**
 * A share as per cent: `74.2 %`; with two decimals under one per cent, where adapters are: `0.52 %`; `< 0.01 %` where that would say zero and it is not.
 *
 * @param fraction of one
 */
export const formatPercent = (fraction: number): string => {
  if (!Number.isFinite(fraction)) return EN_DASH;
  if (fraction === 0) return `0${NO_BREAK_SPACE}%`;
  const hundredths = roundHalfUp(fraction * 10_000);
  if (hundredths === 0) return `<${NO_BREAK_SPACE}0.01${NO_BREAK_SPACE}%`;
  const digits = hundredths < 100 ? (hundredths / 100).toFixed(2) : (roundHalfUp(fraction * 1000) / 10).toFixed(1);
  return `${digits}${NO_BREAK_SPACE}%`;
};

/** A share with its sign, as an error has one: `+0.41 %`, `−29.3 %`. */
export const formatSignedPercent = (fraction: number): string => {
  if (!Number.isFinite(fraction) || fraction === 0) return formatPercent(fraction);
  return `${fraction < 0 ? MINUS : "+"}${formatPercent(Math.abs(fraction))}`;
};

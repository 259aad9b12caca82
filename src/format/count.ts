import { roundHalfUp } from "./round-half-up.ts";
import { EN_DASH, MINUS, NO_BREAK_SPACE } from "./signs.ts";

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

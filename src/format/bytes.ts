// Bytes as text: GiB, signed GiB, GB, MiB and in full.

import { GIB, GB } from "#calc/base/bytes.ts";
import { formatCount, roundHalfUp, EN_DASH, MINUS, NO_BREAK_SPACE } from "./numbers.ts";

/** Tenths of a GiB from which the decimal says nothing any more: 1,000.0 GiB. */
const NO_DECIMAL_FROM_TENTHS = 10_000;

const gibDigits = (bytes: number): string => {
  // bytes * 10 is exact below 2^53, so a half is a half.
  const tenths = roundHalfUp((bytes * 10) / GIB);
  return tenths < NO_DECIMAL_FROM_TENTHS ? (tenths / 10).toFixed(1) : formatCount(bytes / GIB);
};

const isUnderHalfATenth = (bytes: number): boolean => roundHalfUp((Math.abs(bytes) * 10) / GIB) === 0;

/**
 * Bytes as GiB (2^30 B) without the unit: `6.7`; `< 0.1` where one decimal would say zero and it is not; `–` for nothing; `1,204` from a thousand.
 *
 * @param bytes of one term or of a total; each is rounded on its own, half up
 */
export const formatGib = (bytes: number): string => {
  if (bytes === 0 || !Number.isFinite(bytes)) return EN_DASH;
  if (bytes < 0) return formatSignedGib(bytes);
  return isUnderHalfATenth(bytes) ? `<${NO_BREAK_SPACE}0.1` : gibDigits(bytes);
};

/**
 * A difference in GiB without the unit, with its sign: `+6.7` to spare, `−51.8` missing or saved; `0.0` for none, and where one decimal would
 * hide which side of zero it is, `< +0.1` and `> −0.1`.
 */
export const formatSignedGib = (bytes: number): string => {
  if (!Number.isFinite(bytes)) return EN_DASH;
  if (bytes === 0) return "0.0";
  const sign = bytes < 0 ? MINUS : "+";
  if (isUnderHalfATenth(bytes)) return `${bytes < 0 ? ">" : "<"}${NO_BREAK_SPACE}${sign}0.1`;
  return `${sign}${gibDigits(Math.abs(bytes))}`;
};

/** Bytes in full: `8,405,385,216 B`. For formulas, where somebody checks the arithmetic. */
export const formatBytes = (bytes: number): string =>
  Number.isFinite(bytes) ? `${formatCount(bytes)}${NO_BREAK_SPACE}B` : EN_DASH;

/** Where one decimal would round to a hundred. */
const NO_DECIMAL_FROM_GB = 99.95;

/** Bytes as GB (10^9 B, not GiB) without unit or sign: one decimal below a hundred, none from there on. For figures that others print in GB. */
export const formatGb = (bytes: number): string => {
  const gb = Math.abs(bytes) / GB;
  return gb < NO_DECIMAL_FROM_GB ? gb.toFixed(1) : formatCount(gb);
};

const MIB = 2 ** 20;

/** Bytes as MiB (2^20 B) without the unit, for tables of tensors: `14,336.0`; `< 0.1` where one decimal would say zero. */
export const formatMib = (bytes: number): string => {
  const tenths = roundHalfUp((bytes * 10) / MIB);
  if (tenths === 0) return `<${NO_BREAK_SPACE}0.1`;
  return `${formatCount(Math.floor(tenths / 10))}.${tenths % 10}`;
};

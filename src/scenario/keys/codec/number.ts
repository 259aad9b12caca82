import { type Codec, type Problem, type Reading, read, refused } from "./codec.ts";
import type { NumberRange } from "#scenario/keys/key.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,4})?$/i;

/** A decimal number as people write it; null for anything else, `Infinity`, `NaN` and `0x10` among them. */
export const parseNumber = (text: string): number | null => {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed) : null;
};

/**
 * Keeps a number in its range, and says so where it was not. `1e999` is above every range.
 *
 * @param spell how a link spells the number, where that is not plain digits
 */
export const clamp = (
  value: number,
  { min, max }: NumberRange,
  spell: (value: number) => string = String,
): Reading<number> => {
  if (value < min) return { value: min, problems: [{ code: "out-of-range", why: `is below ${spell(min)}` }] };
  if (value > max) return { value: max, problems: [{ code: "out-of-range", why: `is above ${spell(max)}` }] };
  return read(value === 0 ? 0 : value);
};

/** A number with a fraction. */
export const decimal = (range: NumberRange): Codec<number> => ({
  encode: String,
  decode: (text) => {
    const value = parseNumber(text);
    return value === null ? refused("not-a-number", "is not a number") : clamp(value, range);
  },
});

const FRACTION: Problem = { code: "out-of-range", why: "is not a whole number" };

/** What a product of two decimals may be off by. */
const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= Math.abs(value) * 2 * Number.EPSILON;

/** `clamp` to whole numbers: one with a fraction is rounded, and reported. */
export const clampToWhole = (value: number, range: NumberRange, spell?: (value: number) => string): Reading<number> => {
  const clamped = clamp(Number.isFinite(value) ? Math.round(value) : value, range, spell);
  return isWhole(value) || clamped.problems.length > 0 ? clamped : { ...clamped, problems: [FRACTION] };
};

/** A whole number. */
export const whole = (range: NumberRange): Codec<number> => ({
  encode: String,
  decode: (text) => {
    const value = parseNumber(text);
    return value === null ? refused("not-a-number", "is not a number") : clampToWhole(value, range);
  },
});

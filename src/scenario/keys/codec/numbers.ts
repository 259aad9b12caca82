// Spelling of numbers in a link: plain numbers, model sizes and GPU memory.

import { type Codec, type Problem, type Reading, accepted, unreadable } from "./codec.ts";
import type { NumberRange } from "#scenario/keys/key.ts";
import { GB, GIB } from "#calc/base/bytes.ts";

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
  return accepted(value === 0 ? 0 : value);
};

/** A number with a fraction. */
export const decimalCodec = (range: NumberRange): Codec<number> => ({
  encode: String,
  decode: (text) => {
    const value = parseNumber(text);
    return value === null ? unreadable("not-a-number", "is not a number") : clamp(value, range);
  },
});

const FRACTION: Problem = { code: "out-of-range", why: "is not a whole number" };

/** What a product of two decimals may be off by. */
const isWhole = (value: number): boolean => Math.abs(value - Math.round(value)) <= Math.abs(value) * 2 * Number.EPSILON;

/** `clamp` to whole numbers: one with a fraction is rounded, and reported. */
const clampToWhole = (value: number, range: NumberRange, spell?: (value: number) => string): Reading<number> => {
  const clamped = clamp(Number.isFinite(value) ? Math.round(value) : value, range, spell);
  return isWhole(value) || clamped.problems.length > 0 ? clamped : { ...clamped, problems: [FRACTION] };
};

/** A whole number. */
export const wholeCodec = (range: NumberRange): Codec<number> => ({
  encode: String,
  decode: (text) => {
    const value = parseNumber(text);
    return value === null ? unreadable("not-a-number", "is not a number") : clampToWhole(value, range);
  },
});

/** A number of parameters as a link and the page spell it: with a unit where that says exactly the same. */
export const spellSize = (params: number): string => {
  if (params >= 1e9 && params % 1e7 === 0) return `${params / 1e9}B`;
  return params % 1e4 === 0 ? `${params / 1e6}M` : String(params);
};

/** Parameters between which architectures are interpolated. */
export const PARAMS: NumberRange = { min: 1e8, max: 7e11 };

const UNITS = { "": 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 } as const;

const SPELLING = /^(.*?)([kmbt]?)$/;

/** A whole number of parameters: `7B`, `350M`, `7e9`, or in full. Written with a unit where that says exactly the same. */
export const sizeCodec: Codec<number> = {
  encode: spellSize,
  decode: (text) => {
    const [, digits = "", unit = ""] = SPELLING.exec(text.trim().toLowerCase()) ?? [];
    const number = parseNumber(digits);
    if (number === null) return unreadable("not-a-number", "is not a size such as 7B, 350M or 7e9");
    return clampToWhole(number * UNITS[unit as keyof typeof UNITS], PARAMS, spellSize);
  },
};

/** The memory of a card that is in no catalog, and the unit it was given in. */
export type CardMemory = Readonly<{ memoryBytes: number; unit: "GB" | "GiB" }>;

/** Bytes of each unit. */
export const CARD_UNIT_BYTES = { GB, GiB: GIB } as const;

/** More decimals than a byte of a GB needs. */
const DECIMALS = 12;

/** The shortest decimal that stands for these bytes: a link that says 39.4GiB is not written back as 39.40000000037253GiB. */
const shortest = (memoryBytes: number, unitBytes: number): number => {
  const exact = memoryBytes / unitBytes;
  for (let decimals = 0; decimals < DECIMALS; decimals++) {
    const short = Number(exact.toFixed(decimals));
    if (Math.round(short * unitBytes) === Math.round(memoryBytes)) return short;
  }
  return exact;
};

/** Memory as a link spells it: `24` for GB as on the box, `24GiB` as a driver reports it. */
export const spellCardMemory = ({ memoryBytes, unit }: CardMemory): string =>
  `${shortest(memoryBytes, CARD_UNIT_BYTES[unit])}${unit === "GiB" ? "GiB" : ""}`;

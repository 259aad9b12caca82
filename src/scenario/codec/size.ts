import { type Codec, refused } from "./codec.ts";
import { clamp, parseNumber } from "./number.ts";

const UNITS = { "": 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 } as const;

/** The sizes that a model can be given by: from a toy to ten times the largest open model. */
export const SIZE_RANGE = { min: 1e6, max: 1e13 } as const;

/** A whole number of parameters: `7B`, `350M`, `7e9`, or in full. Written with a unit where that says exactly the same. */
export const size: Codec<number> = {
  encode: (params) => {
    if (params >= 1e9 && params % 1e7 === 0) return `${params / 1e9}B`;
    return params % 1e4 === 0 ? `${params / 1e6}M` : String(params);
  },
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const unit =
      word.endsWith("k") || word.endsWith("m") || word.endsWith("b") || word.endsWith("t") ? word.slice(-1) : "";
    const number = parseNumber(word.slice(0, word.length - unit.length));
    if (number === null) return refused("not-a-number", "is not a size such as 7B, 350M or 7e9");
    const params = number * UNITS[unit as keyof typeof UNITS];
    return clamp(Number.isFinite(params) ? Math.round(params) : params, SIZE_RANGE);
  },
};

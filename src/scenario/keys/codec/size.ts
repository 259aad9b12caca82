import { type Codec, refused } from "./codec.ts";
import type { NumberRange } from "#scenario/keys/key.ts";
import { clampToWhole, parseNumber } from "./number.ts";
import { spellSize } from "./spell-size.ts";

/** Parameters between which architectures are interpolated. */
export const PARAMS: NumberRange = { min: 1e8, max: 7e11 };

const UNITS = { "": 1, k: 1e3, m: 1e6, b: 1e9, t: 1e12 } as const;

const SPELLING = /^(.*?)([kmbt]?)$/;

/** A whole number of parameters: `7B`, `350M`, `7e9`, or in full. Written with a unit where that says exactly the same. */
export const size: Codec<number> = {
  encode: spellSize,
  decode: (text) => {
    const [, digits = "", unit = ""] = SPELLING.exec(text.trim().toLowerCase()) ?? [];
    const number = parseNumber(digits);
    if (number === null) return refused("not-a-number", "is not a size such as 7B, 350M or 7e9");
    return clampToWhole(number * UNITS[unit as keyof typeof UNITS], PARAMS, spellSize);
  },
};

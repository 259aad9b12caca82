import { type Codec, read, refused } from "./codec.ts";

const SPELLINGS: Readonly<Record<string, boolean>> = { 0: false, 1: true, false: false, true: true };

/** Yes or no: `1` or `0`; `true` and `false` are understood. */
export const flag: Codec<boolean> = {
  encode: (value) => (value ? "1" : "0"),
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const value = Object.hasOwn(SPELLINGS, word) ? SPELLINGS[word] : undefined;
    return value === undefined ? refused("unknown-value", "is neither 0 nor 1") : read(value);
  },
};

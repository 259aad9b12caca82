import { type Codec, refused } from "./codec.ts";
import type { NumberRange } from "#scenario/keys/key.ts";
import { parseNumber, whole } from "./number.ts";
import { oneOf } from "./one-of.ts";

type NamedNumber = Readonly<{ name: string; range: NumberRange }>;

/** One of a few words, or a whole number behind a name: `split:512`. */
export const wordOrNumber = <Word extends string>(
  words: readonly Word[],
  { name, range }: NamedNumber,
): Codec<Word | number> => {
  const word = oneOf(words);
  const number = whole(range);
  return {
    encode: (value) => (typeof value === "number" ? `${name}:${number.encode(value)}` : value),
    decode: (text) => {
      const [head = "", ...rest] = text.split(":");
      const digits = rest.join(":");
      if (head.trim().toLowerCase() === name && parseNumber(digits) !== null) return number.decode(digits);
      const reading = word.decode(text);
      return reading.value === undefined
        ? refused("unknown-value", `is none of ${words.join(", ")}, nor ${name}: with a number`)
        : reading;
    },
  };
};

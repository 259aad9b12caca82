import { type Codec, read, refused } from "./codec.ts";

/**
 * One of a few words, in any case.
 *
 * @param aliases other spellings that are understood, and never written
 */
export const oneOf = <Value extends string>(
  values: readonly Value[],
  aliases: Readonly<Record<string, Value>> = {},
): Codec<Value> => ({
  encode: (value) => value,
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const value =
      values.find((candidate) => candidate === word) ?? (Object.hasOwn(aliases, word) ? aliases[word] : undefined);
    return value === undefined ? refused("unknown-value", `is none of ${values.join(", ")}`) : read(value);
  },
});

import { ownValue } from "#calc/base/own-value.ts";
import type { Codec } from "./codec.ts";
import { someOrAllBut } from "./list.ts";

/** The key that stands for each in `lock`; of those that are not there, their own. */
type LockedWith = Readonly<Partial<Record<string, string>>>;

/** Which controls are locked, by their keys. Those that are locked together are written as one, so that a link stays short; any of them locks all. */
export const lockList = (keys: readonly string[], lockedWith: LockedWith): Codec<readonly string[]> => {
  const lockOf = (key: string): string => ownValue(lockedWith, key) ?? key;
  const names = someOrAllBut(
    keys.filter((key) => lockOf(key) === key),
    "a link key",
  );
  return {
    encode: (locked) => names.encode(locked.filter((key) => lockOf(key) === key)),
    decode: (text) => {
      const { value = [], problems } = names.decode(text.replaceAll(/\w+/g, (word) => lockOf(word.toLowerCase())));
      return { value: keys.filter((key) => value.includes(lockOf(key))), problems };
    },
  };
};

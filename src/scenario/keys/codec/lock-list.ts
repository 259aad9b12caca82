import { ownValue } from "#calc/base/own-value.ts";
import type { Codec } from "./codec.ts";
import { someOrAllBut } from "./list.ts";

/** The key that stands for each in `lock`; of those that are not there, their own. */
type LockedWith = Readonly<Partial<Record<string, string>>>;

/** The keys of locked controls. A group of controls is written as one key, which keeps links short; any key of a group locks all of it. */
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

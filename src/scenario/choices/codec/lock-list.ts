import { ownValue } from "#calc/base/own-value.ts";
import type { Codec } from "./codec.ts";
import { someOrAllBut } from "./list.ts";

/** Keys that are locked together with another: `eval` stands for all that is said of the evaluation, `saving` for what comes before and after training, `stack` for what it trains for, which another stack may not. */
const TOGETHER: Readonly<Record<string, string>> = {
  evalseq: "eval",
  evalkeep: "eval",
  evalbatches: "eval",
  evalmove: "eval",
  evallist: "eval",
  evalgen: "eval",
  merge: "saving",
  resume: "saving",
  loading: "saving",
  objective: "stack",
  ref: "stack",
  prompt: "stack",
  completion: "stack",
  fill: "stack",
  beta: "stack",
  kl: "stack",
  engine: "stack",
  gensteps: "stack",
  generations: "stack",
  vllm: "stack",
  sleep: "stack",
  teacher: "stack",
  teacherdtype: "stack",
};

const lockOf = (key: string): string => ownValue(TOGETHER, key) ?? key;

/** Which controls are locked, by their keys. Those that are locked together are written as one, so that a link stays short; any of them locks all. */
export const lockList = (keys: readonly string[]): Codec<readonly string[]> => {
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

import { expect, test } from "vitest";
import { joinWithAnd } from "#format/phrases.ts";

test.each([
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c"], "a, b and c"],
])("%j in a sentence are %j", (phrases, words) => expect(joinWithAnd(phrases)).toBe(words));
